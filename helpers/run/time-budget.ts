import type { Hole } from '../model/finding.ts';
import { DID_NOT_RUN, type SymptomResult } from './outcome.ts';

/** Of the time for a run, so much is kept for reading, diagnosis, reports and giving the cluster back. */
const KEPT_SHARE = 0.15;
const LEAST_KEPT_MS = 3_000;
const MOST_KEPT_MS = 15_000;

/** How long a run may prepare and observe, of the time that it has in all. */
export const observingMs = (budgetMs: number): number =>
  Math.max(0, budgetMs - Math.min(MOST_KEPT_MS, Math.max(LEAST_KEPT_MS, budgetMs * KEPT_SHARE)));

const text = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`);

/** The symptoms of a run whose time was spent: what did not run is not observed, and is named. Pure. */
export function cutShort(
  symptoms: readonly SymptomResult[],
  asked: readonly string[],
  budgetMs = 0,
): { symptoms: SymptomResult[]; holes: Hole[] } {
  const why = `the time for the run (${text(budgetMs)}, NETWRIGHT_BUDGET) was spent`;
  const isCut = ({ verdict, text: said }: SymptomResult) => verdict === 'skipped' && said === DID_NOT_RUN;
  const open = asked.filter((name) => {
    const own = symptoms.filter(({ suite }) => suite === name);
    return own.length === 0 || own.some((each) => isCut(each) || each.verdict === 'inconclusive');
  });
  return {
    symptoms: symptoms.map((each) =>
      isCut(each) ? { ...each, verdict: 'inconclusive', text: `not observed: ${why}` } : each,
    ),
    holes: [{ what: open.length > 0 ? `a part of ${open.join(', ')}` : 'what came last', why }],
  };
}
