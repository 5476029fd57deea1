import { expect, test } from 'vitest';
import { MOVED, workload, distinctIds } from '../../../support/acceptance.ts';
import { fact, found } from '../../../support/cluster.ts';

const CODE = 'workloads-still-host-network';

test('a DaemonSet in place of a Deployment is proved in an acceptance', () => {
  expect(found(CODE, distinctIds([...MOVED, fact('workloads', [workload('web', { kind: 'DaemonSet' })])]))).toEqual([
    'proved at',
  ]);
});

test('a DaemonSet on the host network that nobody named is not workloads-still-host-network', () => {
  expect(
    found(
      CODE,
      distinctIds([
        ...MOVED,
        fact('workloads', [workload('web'), workload('traefik', { kind: 'DaemonSet', hostNetwork: true })]),
      ]),
    ),
  ).toEqual([]);
});

test('A run that is no acceptance sees none of it', () => {
  const run = [...MOVED, fact('workloads', [workload('web', { kind: 'DaemonSet' })])].filter(
    (each) => !(each.type === 'fact' && each.key === 'acceptance'),
  );
  expect(found(CODE, distinctIds(run))).toEqual([]);
});
