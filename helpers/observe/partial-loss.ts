import type { Before } from './latecomers.ts';
import { judgementOf, type Planned, type ResultOf } from './planned-probe.ts';

/** Whether a part of a probe's datagrams was lost, where it says how a loss is confirmed. */
export const isPartial = (probe: Planned, results: readonly ResultOf[]): boolean =>
  probe.confirmTimes !== undefined && judgementOf({ probe, results: [...results] })?.errorKind === 'partial-loss';

/** In an outage half of the datagrams and more are not lost by chance, and a longer measurement says nothing new. */
export const mayBeChance = (results: readonly ResultOf[], before: Before): boolean => {
  const [attempts, succeeded] = (['attempts', 'succeeded'] as const).map((key) =>
    results.reduce((sum, result) => sum + result[key], 0),
  ) as [number, number];
  return before !== 'outage' || succeeded * 2 > attempts;
};

/** The same probe with more attempts, to confirm a partial loss. */
export const confirming = (probe: Planned): Planned => ({
  ...probe,
  specs: probe.specs.map((spec) => ({ ...spec, attempts: (spec.attempts ?? 1) * (probe.confirmTimes ?? 1) })),
});

/**
 * Adds a second measurement's sums to the first's and judges both as one. A second, longer measurement without any loss
 * counts alone: with a steady loss, five losses among forty datagrams all fall on the first ten only once in 2,600
 * times.
 */
export function merged(first: ResultOf, second: ResultOf | undefined): ResultOf {
  if (!second) return first;
  if (second.succeeded === second.attempts && second.attempts > first.attempts)
    return { ...second, got: { ...second.got, lostAtFirst: first.attempts - first.succeeded } };
  return {
    ...second,
    attempts: first.attempts + second.attempts,
    succeeded: first.succeeded + second.succeeded,
    timesMs: [...first.timesMs, ...second.timesMs],
    durationMs: first.durationMs + second.durationMs,
    error: second.error ?? first.error,
  };
}
