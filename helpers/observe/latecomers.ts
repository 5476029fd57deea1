import type { Observation, ProbeObservation } from '../model/observation.ts';
import { sourceKey } from './fleet.ts';
import { percentileMs } from './percentile.ts';
import { judgementOf, type Measured, type Planned } from './planned-probe.ts';
import { isOnlyLate } from './starved.ts';

/**
 * Few time-outs among many probes may come from a busy machine. More than this are not repeated, so that an outage is
 * waited for only once.
 */
const FEW = 4;
const FEW_SHARE = 0.2;

/** Whether so many late probes of so many may come from a busy machine. */
export const areFew = (late: number, of: number): boolean => late <= Math.max(FEW, of * FEW_SHARE);

const wayOf = ({ source, destination }: Planned): string =>
  `${sourceKey(source)} ${destination.network ?? ''} ${destination.ip ?? destination.name ?? ''}`;

/**
 * On a sound path an answer takes thousandths of its time-out. Where most answers take this share of it, a missing one
 * may still be on its way.
 */
const BUSY_SHARE = 0.1;

/** The share of its time-out that each answer took. */
const sharesOf = (measured: Measured[]): number[] =>
  measured.flatMap(({ probe, results }) =>
    results.flatMap(({ timesMs }, part) => timesMs.map((ms) => ms / (probe.specs[part]?.timeoutMs ?? Infinity))),
  );

/**
 * Agents whose answers were mostly slow: they are busy, or the servers that they ask. An agent without any answer
 * counts as busy as all of them together.
 */
function busyAgents(measured: Measured[]): Set<string> {
  const all = sharesOf(measured);
  const isBusy = (own: Measured[]): boolean => {
    const shares = sharesOf(own);
    return (percentileMs(shares.length > 0 ? shares : all, 0.5) ?? 0) > BUSY_SHARE;
  };
  return new Set(
    [...Map.groupBy(measured, ({ probe }) => sourceKey(probe.source))]
      .filter(([, own]) => isBusy(own))
      .map(([agent]) => agent),
  );
}

/** What the run has shown before: nothing that fails, something, or that much times out. */
export type Before = 'sound' | 'failing' | 'outage';

/** What the observations of a run so far show. */
export function shownBy(observations: readonly Observation[]): Before {
  const probes = observations.filter((each): each is ProbeObservation => each.type === 'probe');
  const failed = probes.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) return 'sound';
  const silent = failed.filter(({ errorKind }) => errorKind === 'timeout' || errorKind === 'no-reply');
  return areFew(silent.length, probes.length) ? 'failing' : 'outage';
}

/**
 * Indices of timed-out probes worth repeating. Few time-outs: all, except on a route where nothing passed, unless its
 * agent is slow even for probes that pass; in an outage, which is waited for once, only those of such agents. Many
 * time-outs: only those of busy agents, and only where nothing else has failed.
 */
export function latecomers(measured: Measured[], before: Before): number[] {
  const slow = measured.flatMap((each, index) => {
    const { probe, results } = each;
    const judgement = judgementOf(each);
    return judgement && isOnlyLate(judgement, results)
      ? [{ probe, index, isPartial: judgement.errorKind === 'partial-loss' }]
      : [];
  });
  const busy = busyAgents(measured);
  const isBusy = ({ source }: Planned): boolean => busy.has(sourceKey(source));
  // A partial loss that can be chance has already been measured twice. A crowd of probes may have caused the first
  // loss.
  const asked = slow.filter(({ probe, isPartial }) => !isPartial || probe.confirmTimes === undefined || isBusy(probe));
  if (!areFew(slow.length, measured.length))
    return asked.filter(({ probe }) => before === 'sound' && isBusy(probe)).map(({ index }) => index);
  const ways = Map.groupBy(measured, ({ probe }) => wayOf(probe));
  const isDead = (way: Measured[]) =>
    way.length > 2 && way.every(({ results }) => results.every(({ succeeded }) => succeeded === 0));
  const isLost = (probe: Planned) => before === 'outage' || isDead(ways.get(wayOf(probe)) ?? []);
  return asked.filter(({ probe }) => isBusy(probe) || !isLost(probe)).map(({ index }) => index);
}

/** Whether it may do so: not a node that is known not to do well, nor a balancer that hands on to one. */
export const mayAnswerLater = (measured: Measured | undefined, unwell: ReadonlySet<string> = new Set()): boolean =>
  measured !== undefined &&
  !unwell.has(measured.probe.destination.node ?? '') &&
  (unwell.size === 0 || measured.probe.role !== 'load-balancer');

/** The same probe with twice the time. */
export const patient = (probe: Planned): Planned => ({
  ...probe,
  specs: probe.specs.map((spec) => ({ ...spec, timeoutMs: spec.timeoutMs * 2 })),
});
