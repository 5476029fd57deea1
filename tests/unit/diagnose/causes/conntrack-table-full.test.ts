import { expect, test } from 'vitest';
import { CLUSTER, fact, failing, found, podToPod } from '../../../support/cluster.ts';

const CODE = 'conntrack-table-full';
const failure = podToPod('a', 'b', failing('timeout'));

test('a table of connections that is full is proved where probes of its node fail', () => {
  expect(found(CODE, CLUSTER, failure, fact('conntrack', { count: 990, max: 1000 }, 'a'))).toEqual(['proved at a']);
});

test('a table of connections with room is not blamed for a failure', () => {
  expect(found(CODE, CLUSTER, failure, fact('conntrack', { count: 970, max: 1000 }, 'a'))).toEqual([]);
});

test('a full table of connections is no finding while nothing fails', () => {
  expect(found(CODE, CLUSTER, podToPod('a', 'b'), fact('conntrack', { count: 1000, max: 1000 }, 'a'))).toEqual([]);
});

test('a refused connection does not come of a full table', () => {
  const refused = podToPod('a', 'b', failing('refused'));
  expect(found(CODE, CLUSTER, refused, fact('conntrack', { count: 1000, max: 1000 }, 'a'))).toEqual([]);
});
