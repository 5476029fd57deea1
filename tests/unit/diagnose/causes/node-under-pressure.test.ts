import { expect, test } from 'vitest';
import type { NodeInfo } from '../../../../helpers/model/topology.ts';
import { CLUSTER, diagnosed, fact, found, nodeFact, podToPod } from '../../../support/cluster.ts';

const CODE = 'node-under-pressure';
const full: NodeInfo['conditions'] = [
  { type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' },
];
const elsewhere = podToPod('a', 'c');
const evicted = fact('events', [
  {
    node: 'b',
    object: 'Pod shop/api-1',
    reason: 'Evicted',
    message: 'The node was low on: ephemeral-storage.',
    count: 1,
  },
]);

test('A node that is short of disk and puts pods out is named, in its kubelet’s words', () => {
  const [finding, ...others] = diagnosed(CLUSTER, elsewhere, nodeFact('b', { conditions: full }), evicted);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ code: CODE, confidence: 'proved', locations: [{ node: 'b' }] });
  expect(finding?.title).toContain('disk space');
});

test('A node that only says that it is short, and runs everything, is no finding', () => {
  expect(diagnosed(CLUSTER, elsewhere, nodeFact('b', { conditions: full }))).toEqual([]);
});

test('A pod that was put out of a node that is well again is no finding', () => {
  expect(found(CODE, CLUSTER, elsewhere, evicted)).toEqual([]);
});

test('A node that is not Ready for it is named so, and no longer as not Ready alone', () => {
  const down = nodeFact('b', {
    ready: false,
    notReadyReason: 'kubelet is posting not ready',
    conditions: [...full, { type: 'Ready', status: 'False', message: 'kubelet is posting not ready' }],
  });
  expect(diagnosed(CLUSTER, elsewhere, down).map(({ code }) => code)).toEqual([CODE]);
});
