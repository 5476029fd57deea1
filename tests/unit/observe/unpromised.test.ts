import { expect, test } from 'vitest';
import { unpromisedAsEvidence } from '../../../helpers/observe/unpromised.ts';
import type { Measured } from '../../../helpers/observe/planned-probe.ts';

interface Observed {
  verdict: 'pass' | 'fail' | 'inconclusive' | 'evidence';
  errorKind?: 'timeout' | 'refused';
  succeeded: number;
}
const SILENT: Observed = { verdict: 'fail', errorKind: 'timeout', succeeded: 0 };
const PASSED: Observed = { verdict: 'pass', succeeded: 1 };
const REFUSED: Observed = { verdict: 'fail', errorKind: 'refused', succeeded: 0 };

/** What becomes of these, of which all but the last are asked where nobody needs to be let in. */
const verdicts = (...observed: Observed[]): string[] => judged(observed, () => 'runner');

const judged = (observed: Observed[], from: (index: number) => 'runner' | 'host'): string[] => {
  const measured = observed.map((_, index) => ({
    probe: { source: { network: from(index) }, ...(index < observed.length - 1 && { isUnpromised: true }) },
  })) as unknown as Measured[];
  return unpromisedAsEvidence(measured, observed).map(({ verdict }) => verdict);
};

test('what no node lets in, and nobody needs, is evidence; what somebody needs beside it fails', () => {
  expect(verdicts(SILENT, SILENT, SILENT)).toEqual(['evidence', 'evidence', 'fail']);
});

test('what one node lets in has to be let in by all', () => {
  expect(verdicts(SILENT, PASSED, SILENT)).toEqual(['fail', 'pass', 'fail']);
});

test('a refusal is an answer: who gives one has let the question in', () => {
  expect(verdicts(SILENT, REFUSED, PASSED)).toEqual(['fail', 'fail', 'pass']);
});

test('what could not be asked says nothing of what is let in', () => {
  expect(verdicts({ verdict: 'inconclusive', succeeded: 0 }, SILENT, PASSED)).toEqual([
    'inconclusive',
    'evidence',
    'pass',
  ]);
});

test('that nodes let each other in says nothing of who stands outside', () => {
  const from = (index: number) => (index === 0 ? 'host' : 'runner');
  expect(judged([PASSED, SILENT, SILENT, PASSED], from)).toEqual(['pass', 'evidence', 'evidence', 'pass']);
});
