import { ASKED_SHARE, STARVED_STALL_SHARE } from '../../model/thresholds.ts';
import type { WatchOutage, WatchReport, WatchVerdict } from '../../model/watch.ts';

/** The report of a watch before it is judged. */
export type Unjudged = Omit<WatchReport, 'verdict' | 'reasons'>;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Of the requests by new connections that the time had room for, how many were sent; 0 where no path answered. */
function askedShare({ paths, cost: { intervalMs }, startedAt, endedAt }: Unjudged): number {
  const durationMs = Date.parse(endedAt) - Date.parse(startedAt);
  // A kept connection waits for its answer before it asks again.
  const own = paths.filter(({ isLongLived }) => !isLongLived);
  const sent = own.reduce((sum, path) => sum + path.sent, 0);
  return own.length === 0 || durationMs <= 0 ? 0 : Math.min(1, (sent * intervalMs) / (own.length * durationMs));
}

/** Whether an agent of it did not run for most of the time: the machine, and no network. */
const isStarved = ({ stallMs = 0, durationMs }: WatchOutage): boolean => stallMs >= durationMs * STARVED_STALL_SHARE;

/** What may have been longer than it is known to be. */
function untold({ paths, outages }: Unjudged, mostMs: number): string[] {
  const starved = outages.filter((outage) => outage.durationMs > mostMs && isStarved(outage));
  const cut = outages.filter(({ durationMs, isEndUnseen }) => isEndUnseen && durationMs <= mostMs);
  const blindMs = Math.max(0, ...paths.flatMap(({ unseen }) => unseen.map(({ durationMs }) => durationMs)));
  return [
    ...(starved.length > 0
      ? [`${starved.length} interruptions are longer while an agent of them did not run: the machine was too busy`]
      : []),
    ...(cut.length > 0 ? [`the end of ${cut.length} interruptions was not seen`] : []),
    ...(blindMs > mostMs ? [`nobody asked for ${seconds(blindMs)} on some path`] : []),
  ];
}

/**
 * What can be said of a watch. Where it may take an interruption of `mostMs`, it holds only where nothing longer can
 * have been missed; without it nothing is judged, and all that counts is whether enough was seen. Pure.
 */
export function judgeWatch(report: Unjudged, mostMs?: number): { verdict: WatchVerdict; reasons: string[] } {
  const { paths, outages } = report;
  if (mostMs !== undefined) {
    const over = outages.filter((outage) => outage.durationMs > mostMs && !isStarved(outage));
    const longestMs = Math.max(0, ...over.map(({ durationMs }) => durationMs));
    if (over.length > 0)
      return {
        verdict: 'too long',
        reasons: [`an interruption took ${seconds(longestMs)}, and may take ${seconds(mostMs)}`],
      };
  }
  if (paths.length === 0) return { verdict: 'not proved', reasons: ['nothing answered'] };
  const share = askedShare(report);
  const reasons = [
    ...(share < ASKED_SHARE ? [`only ${Math.round(share * 100)} % of the requests could be sent`] : []),
    ...(mostMs === undefined ? [] : untold(report, mostMs)),
  ];
  if (reasons.length > 0) return { verdict: 'not proved', reasons };
  return { verdict: mostMs === undefined ? 'seen' : 'held', reasons };
}
