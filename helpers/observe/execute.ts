import type { ProbeObservation } from '../model/observation.ts';
import type { ProbeResult, ProbeSpec } from '../probe/protocol.ts';
import { sourceKey, type Fleet } from './fleet.ts';
import type { Judgement, PlannedProbe } from './planned-probe.ts';
import type { Recorder } from './recorder.ts';

export interface ExecuteOptions {
  fleet: Fleet;
  recorder: Recorder;
  /** Probes of one agent that run at once. */
  concurrency: number;
  signal?: AbortSignal;
}

/** What starting an agent and carrying its answers may take beside the probes themselves, on a machine that is busy. */
const TRANSPORT_ALLOWANCE_MS = 15_000;

/** The value below which a share of the sorted times lies. */
export function percentileMs(timesMs: number[], share: number): number | undefined {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function specTimeMs(spec: ProbeSpec): number {
  return (spec.attempts ?? 1) * (spec.timeoutMs + (spec.intervalMs ?? 0));
}

/** An upper bound for a batch: as if every probe timed out, `concurrency` of them at a time. */
function batchTimeoutMs(specs: ProbeSpec[], concurrency: number): number {
  const total = specs.reduce((sum, spec) => sum + specTimeMs(spec), 0);
  const longest = Math.max(0, ...specs.map(specTimeMs));
  return total / concurrency + longest + TRANSPORT_ALLOWANCE_MS;
}

/** A probe with what its agent answered. */
export interface Measured {
  probe: PlannedProbe;
  results: ProbeResult[];
  /** Why answers are missing. */
  lost?: string;
}

function observe({ probe, results, lost }: Measured, recorder: Recorder): ProbeObservation {
  const complete = results.length === probe.specs.length;
  const judgement: Judgement = complete
    ? probe.judge(results)
    : { verdict: 'inconclusive', errorKind: 'lost-exec', reason: `the probe at ${probe.source.node ?? 'the runner'} could not be heard: ${lost ?? 'no answer'}`, got: {} };
  const timesMs = results.flatMap((result) => result.timesMs);
  return recorder.probe({
    suite: probe.suite,
    kind: probe.kind,
    role: probe.role,
    source: probe.source,
    destination: probe.destination,
    pathClass: probe.pathClass,
    asked: probe.asked,
    ...judgement,
    attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
    succeeded: results.reduce((sum, { succeeded }) => sum + succeeded, 0),
    p50Ms: percentileMs(timesMs, 0.5),
    p99Ms: percentileMs(timesMs, 0.99),
    durationMs: Math.max(0, ...results.map(({ durationMs }) => durationMs)),
  });
}

interface Ran {
  results: ProbeResult[];
  lost?: string;
}

/** Sends the specs of probes to their agents, one batch an agent, all agents at once. Answers by the probe's place in the list. */
async function send(probes: readonly (PlannedProbe | undefined)[], label: string, concurrency: number, { fleet, signal }: ExecuteOptions): Promise<Map<number, Ran>> {
  const planned = [...probes.entries()].filter((entry): entry is [number, PlannedProbe] => entry[1] !== undefined);
  const bySource = Map.groupBy(planned, ([, probe]) => sourceKey(probe.source));
  const ran = await Promise.all(
    [...bySource.values()].map(async (entries): Promise<[number, Ran][]> => {
      const { source } = (entries[0] as [number, PlannedProbe])[1];
      const specs = entries.flatMap(([index, probe]) => probe.specs.map((spec, part): ProbeSpec => ({ ...spec, id: `${index}.${part}` })));
      const { results, lost } = await fleet.run(source, { batch: label, concurrency, probes: specs }, { timeoutMs: batchTimeoutMs(specs, concurrency), signal });
      return entries.map(([index, probe]) => [index, { results: probe.specs.flatMap((_, part) => results.get(`${index}.${part}`) ?? []), lost }]);
    }),
  );
  return new Map(ran.flat());
}

/** Probes of an agent that run at once when loss is confirmed: few, so that crowding is not what is measured. */
const CONFIRM_CONCURRENCY = 4;

const isPartial = (probe: PlannedProbe, { results }: Ran): boolean =>
  probe.confirmTimes !== undefined && results.length === probe.specs.length && probe.judge(results).errorKind === 'partial-loss';

/** So few time-outs among many probes may be a busy machine's; more are asked no second time, so that an outage is waited for once. */
const FEW = 4;
const FEW_SHARE = 0.2;
const LATE = new Set(['timeout', 'no-reply']);

const wayOf = ({ source, destination }: PlannedProbe): string => `${sourceKey(source)} ${destination.network ?? ''} ${destination.ip ?? destination.name ?? ''}`;

/** What timed out among much that passed: asked again, with twice the time. Not where nothing passed that took the same way: that is no chance. */
function latecomers(measured: Measured[]): Set<number> {
  const judged = measured.map(({ probe, results }) => ({ probe, results, ...(results.length === probe.specs.length ? probe.judge(results) : { verdict: 'inconclusive' as const, errorKind: undefined }) }));
  const ways = Map.groupBy(judged, ({ probe }) => wayOf(probe));
  const slow = judged.flatMap(({ probe, results, verdict, errorKind }, index) => {
    const isSlow = errorKind === 'partial-loss' ? results.every(({ error }) => !error || LATE.has(error.kind)) : LATE.has(errorKind ?? '');
    return verdict === 'fail' && isSlow ? [{ probe, index }] : [];
  });
  if (slow.length > Math.max(FEW, measured.length * FEW_SHARE)) return new Set();
  const isDead = (way: typeof judged) => way.length > 2 && way.every(({ results }) => results.every(({ succeeded }) => succeeded === 0));
  return new Set(slow.filter(({ probe }) => probe.confirmTimes === undefined && !isDead(ways.get(wayOf(probe)) ?? [])).map(({ index }) => index));
}

const patient = (probe: PlannedProbe): PlannedProbe => ({ ...probe, specs: probe.specs.map((spec) => ({ ...spec, timeoutMs: spec.timeoutMs * 2 })) });

/** The same probe with more attempts, for what lost a part of them. */
function confirming(probe: PlannedProbe): PlannedProbe {
  return { ...probe, specs: probe.specs.map((spec) => ({ ...spec, attempts: (spec.attempts ?? 1) * (probe.confirmTimes ?? 1) })) };
}

/** Adds a second measurement's sums to the first's, so that both are judged as one. */
function merged(first: ProbeResult, second: ProbeResult | undefined): ProbeResult {
  if (!second) return first;
  return {
    ...second,
    attempts: first.attempts + second.attempts,
    succeeded: first.succeeded + second.succeeded,
    timesMs: [...first.timesMs, ...second.timesMs],
    durationMs: first.durationMs + second.durationMs,
    error: second.error ?? first.error,
  };
}

/**
 * Runs planned probes: one batch an agent, all agents at once; a second, smaller one for what lost a part of its datagrams, or
 * timed out where nearly all else passed. Resolves to what was answered, in the order of the plan. Never throws for a broken cluster.
 */
export async function measure(probes: PlannedProbe[], options: ExecuteOptions): Promise<Measured[]> {
  const label = probes[0]?.suite ?? 'none';
  const ran = await send(probes, label, options.concurrency, options);
  const partial = probes.map((probe, index) => (isPartial(probe, ran.get(index) ?? { results: [] }) ? confirming(probe) : undefined));
  const confirmed = partial.some(Boolean) ? await send(partial, `${label}-confirm`, CONFIRM_CONCURRENCY, options) : new Map<number, Ran>();
  const measured = probes.map((probe, index): Measured => {
    const { results, lost } = ran.get(index) ?? { results: [] };
    const again = confirmed.get(index)?.results ?? [];
    return { probe, results: results.map((result, part) => merged(result, again[part])), lost };
  });
  const late = latecomers(measured);
  if (late.size === 0) return measured;
  const second = await send(probes.map((probe, index) => (late.has(index) ? patient(probe) : undefined)), `${label}-again`, CONFIRM_CONCURRENCY, options);
  return measured.map((each, index) => (late.has(index) ? { probe: each.probe, ...(second.get(index) ?? { results: [] }) } : each));
}

/** Judges and records what was measured: one observation a probe; what could not be heard is inconclusive. */
export const record = (measured: Measured[], recorder: Recorder): ProbeObservation[] => measured.map((each) => observe(each, recorder));

/** Runs planned probes and records one observation each, in the order of the plan. */
export async function execute(probes: PlannedProbe[], options: ExecuteOptions): Promise<ProbeObservation[]> {
  return record(await measure(probes, options), options.recorder);
}
