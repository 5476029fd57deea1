import { expect, test } from 'vitest';
import { CLUSTER, cutOff, fact, found, podToPod } from '../../../support/cluster.ts';

const CODE = 'overlay-path-undetermined';

test('pods of two nodes that do not reach each other for no known reason are said so, as a candidate', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'))).toEqual(['candidate at a b', 'candidate at b a']);
});

test('one failure among many passes is no undetermined path', () => {
  const passing = Array.from({ length: 10 }, () => podToPod('a', 'b'));
  expect(found(CODE, CLUSTER, passing, cutOff('a', 'b').slice(0, 1))).toEqual([]);
});

test('a path is not undetermined where a cause accounts for it', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), fact('conntrack', { count: 1000, max: 1000 }, 'a'))).toEqual([]);
});
