import type { SymptomVerdict } from '../model/verdict.ts';
import type { SuiteResult } from '../model/finding.ts';

/** Why nothing was judged of what a run that was cut short had no time for. */
export const DID_NOT_RUN = 'did not run';

/** One symptom's test as it ended. */
export interface SymptomResult {
  suite: string;
  title: string;
  /** As reporters name the test: its describe blocks and its title. */
  fullName: string;
  verdict: SymptomVerdict;
  /** The failure's text, the reason of a skip, or why it is inconclusive. */
  text?: string;
  /** Ids of the observations it was judged by. */
  observations: string[];
  /** Codes of accepted problems, which account for all that failed. */
  acceptedBy?: string[];
  durationMs: number;
}

/** A suite's verdict is its worst symptom's; one in which nothing was judged is skipped. */
export function suiteResults(
  symptoms: SymptomResult[],
  durations: ReadonlyMap<string, number> = new Map(),
): SuiteResult[] {
  return [...Map.groupBy(symptoms, ({ suite }) => suite)].map(([name, own]) => {
    const count = (verdict: SymptomResult['verdict']) => own.filter((symptom) => symptom.verdict === verdict).length;
    const [failed, inconclusive, passed, skipped] = [
      count('fail'),
      count('inconclusive'),
      count('pass'),
      count('skipped'),
    ];
    const verdict = failed > 0 ? 'fail' : inconclusive > 0 ? 'inconclusive' : passed > 0 ? 'pass' : 'skipped';
    return {
      name,
      verdict,
      passed,
      failed,
      skipped,
      inconclusive,
      durationMs: durations.get(name) ?? own.reduce((sum, { durationMs }) => sum + durationMs, 0),
    };
  });
}
