import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { abortWhenMarked } from '../run/interrupt-file.ts';
import { openAgents } from '../run/agents.ts';
import { endOf } from '../run/probe-pods.ts';
import type { RunContext } from '../model/run-context.ts';
import { readTopology } from '../cluster/topology.ts';
import type { ProbeObservation } from '../model/observation.ts';
import type { Planned } from '../observe/planned-probe.ts';
import type { ExecuteOptions } from '../observe/execute.ts';
import { executeSettled } from '../observe/settle.ts';
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

/** What a suite observes by. It never changes. */
export interface Run {
  /** The run as it was prepared. */
  readonly context: RunContext;
  /** Agents, recorder and limits, for what is no plan. */
  readonly options: ExecuteOptions & { signal: AbortSignal };
  /** Resolvers and devices of the nodes. */
  readonly hosts: HostFacts;
  /**
   * Runs a plan on the cluster as it was last read, and anew where pods changed meanwhile. Suites may do so at the same
   * time.
   */
  readonly observe: (plan: (context: RunContext) => Planned[]) => Promise<ProbeObservation[]>;
  /** What the Services' own pods answer; read once a process. */
  readonly references: () => Promise<References>;
  /** Requests and execs of this process so far. */
  readonly cost: () => { apiCalls: number; execs: number };
}

/** The run that was prepared for this process; undefined when none was. */
export function preparedContext(): RunContext | undefined {
  const provided = inject('netwright');
  return 'contextPath' in provided ? (JSON.parse(readFileSync(provided.contextPath, 'utf8')) as RunContext) : undefined;
}

async function joinRun(): Promise<Run> {
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
  const options = { fleet, recorder, concurrency: context.settings.concurrency, signal };
  const refresh = async (): Promise<RunContext | undefined> => {
    const read = await client()
      .then((api) => readTopology(api, { namespaces: context.namespaces, name: context.topology.name }))
      .catch(() => undefined);
    return read && { ...context, topology: { ...read.topology, nodes: context.topology.nodes } };
  };
  // Suites that observe at the same time share it: only a reading that is newer replaces it.
  let newest = context;
  let references: Promise<References> | undefined;
  return {
    context,
    options,
    hosts,
    cost,
    observe: async (plan) => {
      const begunWith = newest;
      const settled = await executeSettled(begunWith, plan, { ...options, refresh });
      if (settled.context !== begunWith) newest = settled.context;
      return settled.observations;
    },
    references: () => (references ??= readReferences(context, fleet, signal)),
  };
}

let current: Promise<Run> | undefined;

/**
 * The run that this process takes part in. Suites of one process share it, and with it the open agents. Rejects when
 * none was prepared.
 */
export function currentRun(): Promise<Run> {
  current ??= joinRun();
  return current;
}

/**
 * Reads the nodes' counters at the end of a suite, since their rise over the run is evidence, and notes what the suites
 * cost so far.
 */
export async function readCountersOf({ context, options, cost }: Run): Promise<void> {
  const { fleet, recorder, signal } = options;
  await recordCounters(context, fleet, recorder, signal);
  recorder.fact({ source: 'runner', key: 'cost', value: { process: process.pid, ...cost() } });
}
