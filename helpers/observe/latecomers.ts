import { sourceKey } from './fleet.ts';
import { percentileMs } from './percentile.ts';
import { judgementOf, type Measured, type PlannedProbe } from './planned-probe.ts';

/** So few time-outs among many probes may be a busy machine's; more are asked no second time, so that an outage is waited for once. */
const FEW = 4;
const FEW_SHARE = 0.2;
const LATE = new Set(['timeout', 'no-reply']);

const wayOf = ({ source, destination }: PlannedProbe): string => `${sourceKey(source)} ${destination.network ?? ''} ${destination.ip ?? destination.name ?? ''}`;

/** Answers take thousandths of a time-out where nothing is wrong; where most take so much of it, what came too late may be on its way. */
const BUSY_SHARE = 0.1;

/** Agents most of whose answers came slowly: they, or what they ask, are busy. */
function busyAgents(measured: Measured[]): Set<string> {
  const shares = measured.flatMap(({ probe, results }) => results.flatMap(({ timesMs }, part) => timesMs.map((ms) => [sourceKey(probe.source), ms / (probe.specs[part]?.timeoutMs ?? Infinity)] as const)));
  const byAgent = Map.groupBy(shares, ([agent]) => agent);
  return new Set([...byAgent].filter(([, own]) => (percentileMs(own.map(([, share]) => share), 0.5) ?? 0) > BUSY_SHARE).map(([agent]) => agent));
}

/**
 * Places of the probes that may have been late only: that timed out among much that passed, but not where nothing passed that took the
 * same way, which is no chance. Where much timed out, those of agents that hear even what passes late, if `isSound`: nothing else has failed.
 */
export function latecomers(measured: Measured[], isSound: boolean): number[] {
  const slow = measured.flatMap((each, index) => {
    const { probe, results } = each;
    const { verdict, errorKind } = judgementOf(each) ?? {};
    const isSlow = errorKind === 'partial-loss' ? results.every(({ error }) => !error || LATE.has(error.kind)) : LATE.has(errorKind ?? '');
    return verdict === 'fail' && isSlow ? [{ probe, index, isPartial: errorKind === 'partial-loss' }] : [];
  });
  // A part that was lost has been measured twice already where that can be chance.
  const asked = slow.filter(({ probe, isPartial }) => !isPartial || probe.confirmTimes === undefined);
  if (slow.length > Math.max(FEW, measured.length * FEW_SHARE)) {
    const busy = isSound ? busyAgents(measured) : new Set<string>();
    return asked.filter(({ probe }) => busy.has(sourceKey(probe.source))).map(({ index }) => index);
  }
  const ways = Map.groupBy(measured, ({ probe }) => wayOf(probe));
  const isDead = (way: Measured[]) => way.length > 2 && way.every(({ results }) => results.every(({ succeeded }) => succeeded === 0));
  return asked.filter(({ probe }) => !isDead(ways.get(wayOf(probe)) ?? [])).map(({ index }) => index);
}

/** The same probe with twice the time. */
export const patient = (probe: PlannedProbe): PlannedProbe => ({ ...probe, specs: probe.specs.map((spec) => ({ ...spec, timeoutMs: spec.timeoutMs * 2 })) });
