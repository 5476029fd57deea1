import type { TunnelFacts } from '../model/overlay.ts';
import type { AgentSet } from '../model/facts/agent.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import { notRead, readFacts, type AgentFacts } from './facts.ts';
import type { Fleet } from './fleet.ts';
import type { Resolvers } from './plans/egress.ts';
import type { Recorder } from './recorder.ts';
import type { HostLink } from './overlay/driver.ts';
import { clusterDomain } from './plans/cluster-domain.ts';
import type { PodResolvers } from './plans/search-domains.ts';

/** What suites plan by, of each node. */
export interface HostFacts {
  resolvers: Resolvers;
  /** The domain of the cluster's names, as pods are given it. */
  clusterDomain: string;
  podResolvers: PodResolvers;
  links: ReadonlyMap<string, HostLink[]>;
  /** What tells the tunnel of each node. */
  tunnels: ReadonlyMap<string, TunnelFacts>;
}

const HOST_SETS: AgentSet[] = ['counters', 'routes', 'links', 'sysctls', 'resolv', 'sockets', 'conntrack'];

async function record(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  sets: AgentSet[],
  signal: AbortSignal,
): Promise<Map<string, AgentFacts>> {
  const read = await Promise.all(
    context.topology.nodes.map(async ({ name: node }): Promise<[string, AgentFacts]> => {
      const facts = podOf(context, node, 'host')
        ? await readFacts(fleet, { network: 'host', node }, sets, signal)
        : notRead('no probe runs in the host network of this node');
      for (const key of sets) recorder.fact({ source: 'probe', node, key, ...facts(key) });
      return [node, facts];
    }),
  );
  return new Map(read);
}

/**
 * What pods of each node are given as resolver: the kubelet's choice, which need not be the DNS Service.
 */
async function recordPodResolvers(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<PodResolvers> {
  const pods = context.pods.filter(({ network }) => network === 'pod');
  const read = await Promise.all(
    pods.map(async ({ node }) => ({
      node,
      facts: await readFacts(fleet, { network: 'pod', node }, ['resolv'], signal),
    })),
  );
  for (const { node, facts } of read) recorder.fact({ source: 'probe', node, key: 'pod-resolv', ...facts('resolv') });
  return new Map(
    read.flatMap(({ node, facts }) => {
      const { value } = facts('resolv');
      return value ? [[node, value] as const] : [];
    }),
  );
}

/**
 * Records what each node's /proc and /sys say at the start of a run: one fact a set and node. Resolves to what suites
 * plan by.
 */
export async function recordNodeFacts(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<HostFacts> {
  const read = await record(context, fleet, recorder, HOST_SETS, signal);
  const podResolvers = await recordPodResolvers(context, fleet, recorder, signal);
  const facts = [...read];
  return {
    clusterDomain: clusterDomain([...podResolvers.values()].map(({ search }) => search)),
    podResolvers,
    resolvers: new Map(facts.map(([node, of]) => [node, of('resolv').value?.nameservers ?? []])),
    links: new Map(facts.map(([node, of]) => [node, of('links').value ?? []])),
    tunnels: new Map(
      context.topology.nodes.map(({ name, annotations }): [string, TunnelFacts] => {
        const of = read.get(name);
        return [
          name,
          {
            annotations,
            devices: of?.('links').value?.map((link) => link.name),
            sockets: of?.('sockets').value?.udp,
          },
        ];
      }),
    ),
  };
}

/** Records each node's counters as they are now. */
export async function recordCounters(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  await record(context, fleet, recorder, ['counters'], signal);
}
