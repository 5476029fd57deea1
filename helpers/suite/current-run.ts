import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { abortWhenMarked } from '../run/interrupt-file.ts';
import { openAgents } from '../run/agents.ts';
import { endOf } from '../run/probe-pods.ts';
import type { RunContext } from '../model/run-context.ts';
import { readTopology } from '../cluster/topology.ts';
import type { ProbeObservation } from '../model/observation.ts';
import type { PlannedProbe } from '../observe/planned-probe.ts';
import { executeSettled, type SettleOptions } from '../observe/settle.ts';
import { recordCounters, recordNodeFacts, type HostFacts } from '../observe/node-facts.ts';
import type { References } from '../observe/plans/services.ts';
import { readReferences } from '../observe/references.ts';
import { Recorder } from '../observe/recorder.ts';
import { onlyServing } from '../observe/serving.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the JSON of the prepared run, or the reason why there is none. */
    netwright: { contextPath: string } | { unavailable: string };
  }
}

/** What a suite's observation works with. */
export interface CurrentRun extends SettleOptions {
  context: RunContext;
  /** What the Services' own pods answer; read once a process. */
  references: () => Promise<References>;
  signal: AbortSignal;
  /** Resolvers and devices of the nodes. */
  hosts: HostFacts;
  /** Requests and execs of this process so far. */
  cost: () => { apiCalls: number; execs: number };
}

async function joinRun(): Promise<CurrentRun> {
  const provided = inject('netwright');
  if ('unavailable' in provided) throw new Error(provided.unavailable);
  const prepared = JSON.parse(readFileSync(provided.contextPath, 'utf8')) as RunContext;
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  abortWhenMarked(prepared.reportDir, interrupted);
  const { signal } = interrupted;
  const { fleet, cost, client } = openAgents(prepared, signal);
  const recorder = new Recorder(join(prepared.reportDir, 'observations.ndjson'), `s${process.pid}-`);
  // Opens every agent at once; a probe that does not serve would make its node look unreachable.
  const context = await onlyServing(prepared, fleet, recorder, signal, ({ namespace, pod }) =>
    client()
      .then((api) => api.core.readNamespacedPod({ namespace, name: pod }))
      .then(endOf, () => undefined),
  );
  const hosts = await recordNodeFacts(context, fleet, recorder, signal);
  let references: Promise<References> | undefined;
  return {
    context,
    fleet,
    recorder,
    concurrency: context.settings.concurrency,
    signal,
    hosts,
    cost,
    refresh: async () => {
      const read = await client()
        .then((api) => readTopology(api, { namespaces: context.namespaces, name: context.topology.name }))
        .catch(() => undefined);
      return read && { ...context, topology: { ...read.topology, nodes: context.topology.nodes } };
    },
    references: () => (references ??= readReferences(context, fleet, signal)),
  };
}

let current: Promise<CurrentRun> | undefined;

/**
 * The run that this process takes part in. Suites of one process share it, and with it the open agents. Rejects when
 * none was prepared.
 */
export function currentRun(): Promise<CurrentRun> {
  current ??= joinRun();
  return current;
}

/**
 * Reads the nodes' counters at the end of a suite, since their rise over the run is evidence, and notes what the suites
 * cost so far.
 */
export async function readCountersOf({ context, fleet, recorder, signal, cost }: CurrentRun): Promise<void> {
  await recordCounters(context, fleet, recorder, signal);
  recorder.fact({ source: 'runner', key: 'cost', value: { process: process.pid, ...cost() } });
}

/**
 * Runs a plan, and anew where pods changed meanwhile; suites that follow then plan with the pods that are there now.
 */
export async function observePlan(
  run: CurrentRun,
  plan: (context: RunContext) => PlannedProbe[],
): Promise<ProbeObservation[]> {
  const { observations, context } = await executeSettled(run.context, plan, run);
  run.context = context;
  return observations;
}
