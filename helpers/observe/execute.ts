import type { Place, ProbeObservation } from '../model/observation.ts';
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

function observe(probe: PlannedProbe, results: ProbeResult[], lost: string | undefined, recorder: Recorder): ProbeObservation {
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

/**
 * Runs planned probes: one batch an agent, all agents at once. Resolves to one observation a probe, in the order of the plan,
 * each recorded as its agent's batch ends. Never throws for a broken cluster: what could not be heard is inconclusive.
 */
export async function execute(probes: PlannedProbe[], { fleet, recorder, concurrency, signal }: ExecuteOptions): Promise<ProbeObservation[]> {
  const bySource = Map.groupBy(probes.entries(), ([, probe]) => sourceKey(probe.source));
  const observations: ProbeObservation[] = [];
  await Promise.all(
    [...bySource.values()].map(async (entries) => {
      const source = (entries[0] as [number, PlannedProbe])[1].source as Place;
      const specs = entries.flatMap(([index, probe]) => probe.specs.map((spec, part): ProbeSpec => ({ ...spec, id: `${index}.${part}` })));
      const batch = { batch: `b${entries[0]?.[0] ?? 0}-${probes[0]?.suite ?? ''}`, concurrency, probes: specs };
      const { results, lost } = await fleet.run(source, batch, { timeoutMs: batchTimeoutMs(specs, concurrency), signal });
      for (const [index, probe] of entries) {
        const own = probe.specs.flatMap((_, part) => results.get(`${index}.${part}`) ?? []);
        observations[index] = observe(probe, own, lost, recorder);
      }
    }),
  );
  return observations;
}
