import { expect, test } from 'vitest';
import { MOVED, pod, distinctIds } from '../../../support/acceptance.ts';
import { fact, found } from '../../../support/cluster.ts';

const CODE = 'pods-on-former-network';

test('a pod outside of the pool is proved in an acceptance', () => {
  expect(found(CODE, distinctIds([...MOVED, fact('pods', [pod('old', 'b', '10.244.1.7')])]))).toEqual(['proved at b']);
});

test('pods of the host network and addresses of another family is not pods-on-former-network', () => {
  expect(
    found(
      CODE,
      distinctIds([
        ...MOVED,
        fact('pods', [pod('old', 'b', '10.0.0.2', { hostNetwork: true }), pod('six', 'a', 'fd00::7')]),
      ]),
    ),
  ).toEqual([]);
});

test('A run that is no acceptance sees none of it', () => {
  const run = [...MOVED, fact('pods', [pod('old', 'b', '10.244.1.7')])].filter(
    (each) => !(each.type === 'fact' && each.key === 'acceptance'),
  );
  expect(found(CODE, distinctIds(run))).toEqual([]);
});
