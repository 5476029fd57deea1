import { sourceKey } from './fleet.ts';
import { percentileMs } from './percentile.ts';
import { judgementOf, type Measured, type Planned } from './planned-probe.ts';

/**
 * So few time-outs among many probes may be a busy machine's; more are asked no second time, so that an outage is
 * waited for once.
 */
const FEW = 4;
const FEW_SHARE = 0.2;
const LATE = new Set(['timeout', 'no-reply']);

const wayOf = ({ source, destination }: Planned): string =>
  `${sourceKey(source)} ${destination.network ?? ''} ${destination.ip ?? destination.name ?? ''}`;

/**
 * Answers take thousandths of a time-out where nothing is wrong; where most take so much of it, what came too late may
 * be on its way.
 */
const BUSY_SHARE = 0.1;

/** Which part of its time-out each answer took. */
const sharesOf = (measured: Measured[]): number[] =>
  measured.flatMap(({ probe, results }) =>
    results.flatMap(({ timesMs }, part) => timesMs.map((ms) => ms / (probe.specs[part]?.timeoutMs ?? Infinity))),
  );

/**
 * Agents most of whose answers came slowly: they, or what they ask, are busy. One that heard nothing is as busy as all
 * together.
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

/**
 * Places of the probes that may have been late only: that timed out among much that passed, but not where nothing
 * passed that took the same way, which is no chance unless their agent hears even what passes late. Where much timed
 * out, those of such agents only, if `isSound`: nothing else has failed.
 */
export function latecomers(measured: Measured[], isSound: boolean): number[] {
  const slow = measured.flatMap((each, index) => {
    const { probe, results } = each;
    const { verdict, errorKind } = judgementOf(each) ?? {};
    const isSlow =
      errorKind === 'partial-loss'
        ? results.every(({ error }) => !error || LATE.has(error.kind))
        : LATE.has(errorKind ?? '');
    return verdict === 'fail' && isSlow ? [{ probe, index, isPartial: errorKind === 'partial-loss' }] : [];
  });
  const busy = busyAgents(measured);
  const isBusy = ({ source }: Planned): boolean => busy.has(sourceKey(source));
  // A part that was lost has been measured twice already where that can be chance; a crowd may have lost it the first
  // time.
  const asked = slow.filter(({ probe, isPartial }) => !isPartial || probe.confirmTimes === undefined || isBusy(probe));
  if (slow.length > Math.max(FEW, measured.length * FEW_SHARE))
    return asked.filter(({ probe }) => isSound && isBusy(probe)).map(({ index }) => index);
  const ways = Map.groupBy(measured, ({ probe }) => wayOf(probe));
  const isDead = (way: Measured[]) =>
    way.length > 2 && way.every(({ results }) => results.every(({ succeeded }) => succeeded === 0));
  return asked.filter(({ probe }) => isBusy(probe) || !isDead(ways.get(wayOf(probe)) ?? [])).map(({ index }) => index);
}

/** The same probe with more attempts, for what lost a part of them. */
export const confirming = (probe: Planned): Planned => ({
  ...probe,
  specs: probe.specs.map((spec) => ({ ...spec, attempts: (spec.attempts ?? 1) * (probe.confirmTimes ?? 1) })),
});

/** The same probe with twice the time. */
export const patient = (probe: Planned): Planned => ({
  ...probe,
  specs: probe.specs.map((spec) => ({ ...spec, timeoutMs: spec.timeoutMs * 2 })),
});
