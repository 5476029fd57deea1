import { expect, test } from 'vitest';
import { MOVED, wanted, distinctIds } from '../../../support/acceptance.ts';
import { found } from '../../../support/cluster.ts';

const CODE = 'pool-mismatch';

test('another network than the one asked for is proved in an acceptance', () => {
  expect(found(CODE, distinctIds([...MOVED, wanted({ network: 'calico-bgp' })]))).toEqual(['proved at']);
});

test('a network that nobody asked for is not pool-mismatch', () => {
  expect(found(CODE, distinctIds([...MOVED, wanted()]))).toEqual([]);
});

test('A run that is no acceptance sees none of it', () => {
  const run = [...MOVED, wanted({ network: 'calico-bgp' })].filter(
    (each) => !(each.type === 'fact' && each.key === 'acceptance'),
  );
  expect(found(CODE, distinctIds(run))).toEqual([]);
});
