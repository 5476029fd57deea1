import type { ProbeKind, ProbeObservation } from '../model/observation.ts';
import type { ProbeSpec, Strain } from '../probe/protocol.ts';
import { closedPortsAsEvidence } from './closed-ports.ts';
import { sourceKey, type Fleet } from './fleet.ts';
import { largest } from './largest.ts';
import { latecomers, mayAnswerLater, patient, shownBy } from './latecomers.ts';
import { confirming, isPartial, mayBeChance, merged } from './partial-loss.ts';
import { judgementOf, type Measured, type Planned, type ResultOf } from './planned-probe.ts';
import { percentileMs } from './percentile.ts';
import type { Recorder, ToRecord } from './recorder.ts';
import { readResult } from './results.ts';
import { unpromisedAsEvidence } from './unpromised.ts';
import { unpromisedIpv6AsEvidence } from './unpromised-ipv6.ts';
import { unlessStarved, type Strains } from './starved.ts';

export interface ExecuteOptions {
  fleet: Fleet;
  recorder: Recorder;
  /** Probes of one agent that run at once. */
  concurrency: number;
  /** Nodes that are known not to do well: what they do not answer in time is not asked again. */
  unwell?: ReadonlySet<string>;
  signal?: AbortSignal;
}

/** Time for an agent's start and the transport of its answers on a busy machine, beside the probes themselves. */
const TRANSPORT_ALLOWANCE_MS = 15_000;

function specTimeMs(spec: ProbeSpec): number {
  return (spec.attempts ?? 1) * (spec.timeoutMs + (spec.intervalMs ?? 0));
}

/**
 * Upper bound for a batch: every probe times out, `concurrency` of them at a time, after the last one's delayed start.
 */
function batchTimeoutMs(specs: ProbeSpec[], concurrency: number): number {
  const total = specs.reduce((sum, spec) => sum + specTimeMs(spec), 0);
  const longest = largest(specs.map(specTimeMs));
  const start = largest(specs.map(({ startAfterMs = 0 }) => startAfterMs));
  return start + total / concurrency + longest + TRANSPORT_ALLOWANCE_MS;
}

function observe(measured: Measured): ToRecord<ProbeKind> {
  const { probe, results, lost } = measured;
  const judged = judgementOf(measured);
  const judgement = (judged && unlessStarved(judged, measured)) ?? {
    verdict: 'inconclusive' as const,
    errorKind: 'lost-exec' as const,
    reason: `the probe at ${probe.source.node ?? 'the runner'} could not be heard: ${lost ?? 'no answer'}`,
    got: {},
  };
  const timesMs = results.flatMap((result) => result.timesMs);
  return {
    suite: probe.suite,
    kind: probe.kind,
    role: probe.role,
    source: probe.source,
    destination: probe.destination,
    pathClass: probe.pathClass,
    crosses: probe.crosses,
    expectation: probe.expectation,
    asked: probe.asked,
    ...judgement,
    attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
    succeeded: results.reduce((sum, { succeeded }) => sum + succeeded, 0),
    p50Ms: percentileMs(timesMs, 0.5),
    p99Ms: percentileMs(timesMs, 0.99),
    durationMs: largest(results.map(({ durationMs }) => durationMs)),
  };
}

interface Ran {
  results: ResultOf[];
  lost?: string;
  strains?: Strains;
}

/** The longer of two delays: of a node's agents, or of a probe's two rounds. */
const worse = (one: Strain | undefined, other: Strain | undefined): Strain | undefined =>
  (one?.longestStallMs ?? -1) >= (other?.longestStallMs ?? -1) ? one : other;

const worseAtEnds = (one: Strains = {}, other: Strains = {}): Strains => ({
  source: worse(one.source, other.source),
  receiver: worse(one.receiver, other.receiver),
});

interface Round {
  label: string;
  concurrency: number;
  isAgain?: boolean;
}

/**
 * Sends the specs of probes to their agents, one batch an agent, all agents at once. Answers by the probe's place in
 * the list.
 */
async function send(
  probes: readonly (Planned | undefined)[],
  { label, concurrency, isAgain }: Round,
  { fleet, signal }: ExecuteOptions,
): Promise<Map<number, Ran>> {
  const planned = [...probes.entries()].filter((entry): entry is [number, Planned] => entry[1] !== undefined);
  const bySource = Map.groupBy(planned, ([, probe]) => sourceKey(probe.source));
  const strainOf = new Map<string, Strain | undefined>();
  const ran = await Promise.all(
    [...bySource.values()].map(async (entries): Promise<[number, Ran][]> => {
      const { source } = (entries[0] as [number, Planned])[1];
      const specs = entries.flatMap(([index, probe]) =>
        probe.specs.map((spec, part): ProbeSpec => ({ ...spec, id: `${index}.${part}` })),
      );
      const { results, lost, strain } = await fleet.run(
        source,
        { batch: label, concurrency, probes: specs },
        { timeoutMs: batchTimeoutMs(specs, concurrency), signal, isAgain },
      );
      const at = source.node ?? '';
      strainOf.set(at, worse(strainOf.get(at), strain));
      return entries.map(([index, probe]) => [
        index,
        {
          results: probe.specs.flatMap(({ kind }, part) => {
            const result = results.get(`${index}.${part}`);
            return result ? [readResult(kind, result)] : [];
          }),
          lost,
        },
      ]);
    }),
  );
  // Once all agents have answered: the receiver's own batch says how busy it was.
  return new Map(
    ran.flat().map(([index, each]) => {
      const { source, destination } = probes[index] as Planned;
      const receiver = destination.node === source.node ? undefined : strainOf.get(destination.node ?? '?');
      return [index, { ...each, strains: { source: strainOf.get(source.node ?? ''), receiver } }];
    }),
  );
}

/** Sends repeated probes once no first-time probe is under way. */
async function sendAgain(
  probes: readonly (Planned | undefined)[],
  label: string,
  concurrency: number,
  options: ExecuteOptions,
): Promise<Map<number, Ran>> {
  await options.fleet.calm();
  return send(probes, { label, concurrency, isAgain: true }, options);
}

/** Probes of an agent that run at once when loss is confirmed: few, so that crowding is not what is measured. */
const CONFIRM_CONCURRENCY = 4;

/**
 * Runs planned probes: one batch an agent, all agents at once; a second, smaller one for what lost a part of its
 * datagrams, or timed out where nearly all else passed, or while its agents could not run; a last one for what wants to
 * be asked differently. Resolves to what was answered, in the order of the plan. Never throws for a broken cluster.
 */
export async function measure(probes: readonly Planned[], options: ExecuteOptions): Promise<Measured[]> {
  const label = probes[0]?.suite ?? 'none';
  const ran = await send(probes, { label, concurrency: options.concurrency }, options);
  const before = shownBy(options.recorder.observations);
  const partial = probes.map((probe, index) => {
    const own = ran.get(index) ?? { results: [] };
    return isPartial(probe, own.results) && mayBeChance(own.results, before) ? confirming(probe) : undefined;
  });
  const confirmed = partial.some(Boolean)
    ? await sendAgain(partial, `${label}-confirm`, CONFIRM_CONCURRENCY, options)
    : new Map<number, Ran>();
  const measured = probes.map((probe, index): Measured => {
    const { results, lost, strains } = ran.get(index) ?? { results: [] };
    const second = confirmed.get(index);
    return {
      probe,
      results: results.map((result, part) => merged(result, second?.results[part])),
      lost,
      strains: worseAtEnds(strains, second?.strains),
    };
  });
  const answered = await askLateAgain(measured, `${label}-again`, options);
  const undisturbed = await askStarvedAgain(answered, `${label}-undisturbed`, options);
  return askOtherwise(undisturbed, `${label}-otherwise`, options);
}

/**
 * Repeats once what timed out while its agents were kept from running. A machine that stood still for a moment has told
 * nothing, also where nothing was to answer.
 */
async function askStarvedAgain(measured: Measured[], label: string, options: ExecuteOptions): Promise<Measured[]> {
  const starved = measured.map((each) => {
    const judgement = judgementOf(each);
    return judgement && unlessStarved(judgement, each) !== judgement ? each.probe : undefined;
  });
  if (!starved.some(Boolean)) return measured;
  const again = await sendAgain(starved, label, options.concurrency, options);
  return measured.map(({ probe, ...ran }, index) => ({ probe, ...(again.get(index) ?? ran) }));
}

/** Repeats probes that should be asked differently, and keeps those that pass then. */
async function askOtherwise(measured: Measured[], label: string, options: ExecuteOptions): Promise<Measured[]> {
  const others = measured.map(({ probe, results }) =>
    results.length === probe.specs.length ? probe.otherwise?.(results) : undefined,
  );
  if (!others.some(Boolean)) return measured;
  const ran = await sendAgain(others, label, options.concurrency, options);
  return measured.map((each, index) => {
    const probe = others[index];
    const again = probe && { probe, ...(ran.get(index) ?? { results: [] }) };
    return again && judgementOf(again)?.verdict === 'pass' ? again : each;
  });
}

/**
 * Repeats probes that may only have been late, with twice the time: first a few, then the rest if one of those passes.
 */
async function askLateAgain(measured: Measured[], label: string, options: ExecuteOptions): Promise<Measured[]> {
  const late = latecomers(measured, shownBy(options.recorder.observations)).filter((index) =>
    mayAnswerLater(measured[index], options.unwell),
  );
  if (late.length === 0) return measured;
  const again = async (indices: number[], before: Measured[]): Promise<Measured[]> => {
    // The parts of a probe must not wait for each other here either.
    const parts = largest(indices.map((index) => before[index]?.probe.specs.length ?? 1));
    const probes = before.map(({ probe, ...ran }, index) =>
      indices.includes(index) ? patient(isPartial(probe, ran.results) ? confirming(probe) : probe) : undefined,
    );
    const second = await sendAgain(probes, label, CONFIRM_CONCURRENCY * parts, options);
    return before.map((each, index) =>
      indices.includes(index) ? { probe: each.probe, ...(second.get(index) ?? { results: [] }) } : each,
    );
  };
  const step = Math.max(1, Math.floor(late.length / CONFIRM_CONCURRENCY));
  const sample = late.filter((_, place) => place % step === 0).slice(0, CONFIRM_CONCURRENCY);
  const first = await again(sample, measured);
  const wasLate = sample.some((index) => judgementOf(first[index] as Measured)?.verdict === 'pass');
  const rest = late.filter((index) => !sample.includes(index));
  return wasLate && rest.length > 0 ? again(rest, first) : first;
}

/** Judges and records each probe: without its agent's answer as inconclusive, where nobody promised one as evidence. */
export const record = (measured: Measured[], recorder: Recorder): ProbeObservation[] =>
  unpromisedIpv6AsEvidence(closedPortsAsEvidence(unpromisedAsEvidence(measured, measured.map(observe)))).map((each) =>
    recorder.probe(each),
  );

/** Runs planned probes and records one observation each, in the order of the plan. */
export async function execute(probes: readonly Planned[], options: ExecuteOptions): Promise<ProbeObservation[]> {
  return record(await measure(probes, options), options.recorder);
}
