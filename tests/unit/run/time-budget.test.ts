import { expect, test } from 'vitest';
import type { SymptomResult } from '../../../helpers/run/outcome.ts';
import { cutShort, observingMs } from '../../../helpers/run/time-budget.ts';
import { runVerdict } from '../../../helpers/run/verdict.ts';

const symptom = (suite: string, verdict: SymptomResult['verdict'], text?: string): SymptomResult => ({
  suite,
  title: suite,
  fullName: suite,
  verdict,
  ...(text !== undefined && { text }),
  observations: [],
  durationMs: 1,
});

test('What did not fit into the time of a run is not observed, is named, and leaves the run open', () => {
  const seen = [
    symptom('pod-to-pod', 'pass'),
    symptom('coredns', 'skipped', 'did not run'),
    symptom('node-port', 'skipped', 'no NodePort'),
  ];
  const { symptoms, holes } = cutShort(seen, ['pod-to-pod', 'coredns', 'node-port', 'overlay'], 60_000);
  expect(symptoms.map(({ verdict }) => verdict)).toEqual(['pass', 'inconclusive', 'skipped']);
  expect(symptoms[1]?.text).toBe('not observed: the time for the run (1 min, NETWRIGHT_BUDGET) was spent');
  expect(holes).toEqual([
    { what: 'a part of coredns, overlay', why: 'the time for the run (1 min, NETWRIGHT_BUDGET) was spent' },
  ]);
  expect(runVerdict(symptoms, [], holes)).toBe('inconclusive');
});

test.each([
  [60_000, 51_000],
  [10_000, 7_000],
  [600_000, 585_000],
  [1_000, 0],
])('Of %i ms for a run, %i are for observing: the rest is for diagnosis and reports', (budget, observing) => {
  expect(observingMs(budget)).toBe(observing);
});
