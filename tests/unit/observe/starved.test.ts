import { expect, test } from 'vitest';
import type { Judgement } from '../../../helpers/observe/planned-probe.ts';
import { unlessStarved } from '../../../helpers/observe/starved.ts';

const probe = { specs: [{ timeoutMs: 2000 }] };
const late: Judgement = { verdict: 'fail', errorKind: 'timeout', reason: 'no connection within 2000 ms', got: {} };
const stalled = (longestStallMs: number) => ({ longestStallMs, processors: 2, runnable: 71 });

test('a time-out between agents that could not run for half of it is inconclusive, with the figures', () => {
  const judged = unlessStarved(late, {
    probe,
    results: [],
    strains: { source: stalled(400), receiver: stalled(700) },
  });
  expect(judged).toMatchObject({ verdict: 'inconclusive', errorKind: 'not-observed' });
  expect(judged.reason).toMatch(/too busy to tell: .*source.* 400 ms, with 71 processes .*destination.* 700 ms/);
});

test('a time-out between agents that ran stays a failure, and one of agents that do not say', () => {
  const strains = { source: stalled(40), receiver: stalled(70) };
  expect(unlessStarved(late, { probe, results: [], strains })).toBe(late);
  expect(unlessStarved(late, { probe, results: [] })).toBe(late);
});

test('a refused connection is a failure on a busy node too', () => {
  const refused: Judgement = { ...late, errorKind: 'refused' };
  expect(unlessStarved(refused, { probe, results: [], strains: { source: stalled(5000) } })).toBe(refused);
});
