import { inject } from 'vitest';
import { readTopology } from '../cluster/topology.ts';
import type { ProbeObservation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import { withoutCanary } from '../observe/canary.ts';
import type { ExecuteOptions } from '../observe/execute.ts';
import { recordCounters, recordNodeFacts, type HostFacts } from '../observe/node-facts.ts';
import type { Planned } from '../observe/planned-probe.ts';
import type { References } from '../observe/plans/services.ts';
import { Recorder } from '../observe/recorder.ts';
import { readReferences } from '../observe/references.ts';
import { onlyServing } from '../observe/serving.ts';
import { executeSettled } from '../observe/settle.ts';
import { SettlingCluster } from '../observe/settling-cluster.ts';
import { takenIn } from '../observe/taken-in.ts';
import { openAgents } from '../run/agents.ts';
import { openSuitesEnd } from '../run/channel.ts';
import { endOf } from '../run/probe-state.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run that the suites take part in. */
    netwright: RunContext;
  }
}

/** The means by which a suite observes. Immutable. */
export interface Run {
  /** The run as it was prepared. */
  readonly context: RunContext;
  /** Agents, recorder and limits, for observations that are not planned probes. */
  readonly options: ExecuteOptions & { signal: AbortSignal };
  /** Resolvers and devices of the nodes. */
  readonly hosts: HostFacts;
  /**
   * Runs a plan on the cluster as it was last read, and anew where pods changed meanwhile. Suites may do so at the same
   * time.
   */
  readonly observe: (plan: (context: RunContext) => Planned[]) => Promise<ProbeObservation[]>;
  /** The cluster as it was read last, for observations that are not planned probes. */
  readonly cluster: SettlingCluster;
  /** What the Services' own pods answer; read once a process. */
  readonly references: () => Promise<References>;
  /** Resolves when Netwright's own Service may be asked: the cluster has taken it in, or had the time to. */
  readonly takenIn: () => Promise<void>;
  /** Requests and execs of the suites so far. */
  readonly cost: () => { apiCalls: number; execs: number };
  /** Resolves when all that was recorded is safe with the run. */
  readonly handOver: () => Promise<void>;
  /** Ends the agents' sessions, after the last suite. */
  readonly close: () => Promise<void>;
}

/** The run that was prepared for the suites; undefined when none was. */
export const preparedContext = (): RunContext | undefined => inject('netwright');

async function joinRun(): Promise<Run> {
  const prepared = preparedContext();
  if (!prepared) throw new Error('no run was prepared: vitest.config.ts lacks the plugin of Netwright');
  const interrupted = new AbortController();
  const { signal } = interrupted;
  const channel = openSuitesEnd(prepared.runId, () => interrupted.abort());
  const { fleet, cost, client } = openAgents(prepared, signal);
  const recorder = new Recorder(channel.send, 's');
  // Opens every agent at once: an agent that does not serve would make its node look unreachable.
  const serving = await onlyServing(prepared, fleet, recorder, signal, ({ namespace, pod }) =>
    client()
      .then((api) => api.core.readNamespacedPod({ namespace, name: pod }))
      .then(endOf, () => undefined),
  );
  const behindCanary = ({ pods }: RunContext) => pods.filter(({ network }) => network === 'pod').length;
  const context = behindCanary(serving) < behindCanary(prepared) ? withoutCanary(serving) : serving;
  const hosts = await recordNodeFacts(context, fleet, recorder, signal);
  const notReady = context.topology.nodes.flatMap(({ name, ready }) => (ready ? [] : [name]));
  const unwell = new Set([...notReady, ...(context.unheard ?? [])]);
  const options = { fleet, recorder, concurrency: context.settings.concurrency, unwell, signal };
  const { namespaces, discovers } = context;
  const looked = new Set(context.topology.services.map(({ namespace, name }) => `${namespace}/${name}`));
  const cluster = new SettlingCluster(context, async () => {
    const read = await client()
      .then((api) => readTopology(api, { namespaces, ...discovers, name: context.topology.name }))
      .catch(() => undefined);
    if (!read) return undefined;
    // Those that the run's budget left out stay so.
    const services = read.topology.services.filter(({ namespace, name }) => looked.has(`${namespace}/${name}`));
    return { ...context, topology: { ...read.topology, services, nodes: context.topology.nodes } };
  });
  let references: Promise<References> | undefined;
  let taking: Promise<void> | undefined;
  return {
    context,
    options,
    hosts,
    cluster,
    cost,
    observe: (plan) => executeSettled(cluster, plan, options),
    references: () => (references ??= readReferences(context, fleet, signal)),
    takenIn: () => (taking ??= takenIn(context, fleet, signal)),
    handOver: () => {
      recorder.flush();
      return channel.taken();
    },
    close: async () => {
      await fleet.close();
      channel.close();
    },
  };
}

let current: Promise<Run> | undefined;

/**
 * The run that the suites take part in: joined once, with its agents. Rejects when none was prepared, or it could not
 * be joined; the next suite then tries anew.
 */
export function currentRun(): Promise<Run> {
  current ??= joinRun().catch((error: unknown) => {
    current = undefined;
    throw error;
  });
  return current;
}

/**
 * Ends a suite's observation: reads the nodes' counters, since their rise over the run is evidence, notes what the
 * suites cost so far, and hands all over.
 */
export async function endObservation({ context, options, cost, handOver }: Run): Promise<void> {
  const { fleet, recorder, signal } = options;
  await recordCounters(context, fleet, recorder, signal);
  recorder.fact({ source: 'runner', key: 'cost', value: { process: process.pid, ...cost() } });
  await handOver();
}
