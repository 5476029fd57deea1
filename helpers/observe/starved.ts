import { STARVED_STALL_SHARE } from '../model/thresholds.ts';
import type { Strain } from '../probe/protocol.ts';
import type { Judgement, Measured } from './planned-probe.ts';

const LATE = new Set(['timeout', 'no-reply']);

/** What the agents at a probe's two ends say of their own delays, where they ran and said it. */
export interface Strains {
  source?: Strain;
  receiver?: Strain;
}

/** Whether a probe failed by nothing but answers that did not come in time. */
export const isOnlyLate = ({ verdict, errorKind }: Judgement, results: Measured['results']): boolean =>
  verdict === 'fail' &&
  (errorKind === 'partial-loss'
    ? results.every(({ error }) => !error || LATE.has(error.kind))
    : LATE.has(errorKind ?? ''));

const figures = (end: string, strain: Strain | undefined): string[] => {
  if (!strain) return [];
  const { longestStallMs, runnable, processors } = strain;
  const queue = runnable === undefined ? '' : `, with ${runnable} processes for ${processors} processors`;
  return [`the agent at its ${end} was kept from running for ${longestStallMs} ms${queue}`];
};

/**
 * The judgement, unless its time-outs may come from agents that could not run: then it is inconclusive, with the
 * figures. The delays of the two ends add up, as an answer waits for both.
 */
export function unlessStarved(
  judgement: Judgement,
  { probe, results, strains }: Pick<Measured, 'results' | 'strains'> & { probe: { specs: { timeoutMs: number }[] } },
): Judgement {
  if (!strains || !isOnlyLate(judgement, results)) return judgement;
  const timeoutMs = Math.min(...probe.specs.map((spec) => spec.timeoutMs));
  const stalledMs = (strains.source?.longestStallMs ?? 0) + (strains.receiver?.longestStallMs ?? 0);
  if (stalledMs < STARVED_STALL_SHARE * timeoutMs) return judgement;
  const seen = [...figures('source', strains.source), ...figures('destination', strains.receiver)].join('; ');
  return {
    ...judgement,
    verdict: 'inconclusive',
    errorKind: 'not-observed',
    reason: `the node was too busy to tell: ${seen}; the time-out is ${timeoutMs} ms`,
  };
}
