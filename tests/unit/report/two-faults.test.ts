import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemsOf, problemsText } from '../../../helpers/report/problems.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';
import { reportOn } from './recorded-report.ts';

const FOLDER = fileURLToPath(new URL('../diagnose/recorded', import.meta.url));
const sets = await readRecorded(FOLDER);

/** Runs with two faults in force at once, of which neither hides the other. */
const pairs = sets.filter(({ scenario }) => /^(independent|look-alikes|drawn): /.test(scenario));
const codesOf = (scenario: string): string[] =>
  scenario
    .replace(/^[^:]*: /, '')
    .split(' + ')
    .map((id) => id.split('/')[0] ?? id);

describe('of two faults at once', () => {
  it('a dozen pairs at least were recorded', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(12);
  });

  it.each(pairs.map(({ scenario, observations }) => [scenario, observations] as const))(
    'both are named in the headline: %s',
    (scenario, observations) => {
      const report = reportOn(observations);
      const problems = problemsOf(report);
      const told = problems.flatMap((problem) =>
        problem.kind === 'unexplained' ? [] : problem.findings.map(({ code }) => code),
      );
      expect(codesOf(scenario).filter((code) => !told.includes(code))).toEqual([]);
      // Two faults of one code are one problem with two places.
      const wanted = new Set(codesOf(scenario)).size;
      expect(problems.length).toBeGreaterThanOrEqual(wanted);
      const counted = problemsText(problems)?.startsWith(`${problems.length} problems: `) ?? false;
      expect(counted || wanted === 1).toBe(true);
    },
  );

  it.each(pairs.map(({ scenario, observations }) => [scenario, observations] as const))(
    'neither is folded under the other: %s',
    (scenario, observations) => {
      const { findings } = reportOn(observations);
      const folded = findings.flatMap(({ explains }) => explains.findings);
      expect(codesOf(scenario).filter((code) => folded.includes(code))).toEqual([]);
    },
  );
});
