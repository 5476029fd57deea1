import type { TunnelFacts } from '../model/overlay.ts';
import type { FactsSpec } from '../probe/protocol.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import { readFacts } from './facts.ts';
import type { Fleet } from './fleet.ts';
import type { Resolvers } from './plans/egress.ts';
import type { Recorder } from './recorder.ts';
import type { HostLink } from './overlay/driver.ts';
import { clusterDomain } from './plans/cluster-domain.ts';

/** What suites plan by, of each node. */
export interface HostFacts {
  resolvers: Resolvers;
  /** The domain of the cluster's names, as pods are given it. */
  clusterDomain: string;
  links: ReadonlyMap<string, HostLink[]>;
  /** What tells the tunnel of each node. */
  tunnels: ReadonlyMap<string, TunnelFacts>;
}

const HOST_SETS: FactsSpec['sets'] = ['counters', 'routes', 'links', 'sysctls', 'resolv', 'sockets', 'conntrack'];

async function record(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  sets: FactsSpec['sets'],
  signal: AbortSignal,
): Promise<Map<string, Record<string, unknown>>> {
  const read = await Promise.all(
    context.topology.nodes.map(async ({ name: node }): Promise<[string, Record<string, unknown>]> => {
      const pod = podOf(context, node, 'host');
      const got = pod && (await readFacts(fleet, { network: 'host', node }, sets, signal));
      for (const key of sets) {
        const value = got?.[key] ?? null;
        recorder.fact({
          source: 'probe',
          node,
          key,
          value,
          ...(value === null && {
            notObserved: pod ? 'the probe could not read it' : 'no probe runs in the host network of this node',
          }),
        });
      }
      return [node, got ?? {}];
    }),
  );
  return new Map(read);
}

/**
 * What pods of each node are given as resolver: the kubelet's choice, which need not be the DNS Service. Resolves to
 * their search lists.
 */
async function recordPodResolvers(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<string[][]> {
  const pods = context.pods.filter(({ network }) => network === 'pod');
  const read = await Promise.all(
    pods.map(async ({ node }) => ({ node, got: await readFacts(fleet, { network: 'pod', node }, ['resolv'], signal) })),
  );
  for (const { node, got } of read)
    recorder.fact({
      source: 'probe',
      node,
      key: 'pod-resolv',
      value: got?.['resolv'] ?? null,
      ...(!got?.['resolv'] && { notObserved: 'the probe could not read it' }),
    });
  return read.map(({ got }) => (got?.['resolv'] as { search?: string[] } | undefined)?.search ?? []);
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
  const searchLists = await recordPodResolvers(context, fleet, recorder, signal);
  return {
    clusterDomain: clusterDomain(searchLists),
    resolvers: new Map(
      [...read].map(([node, { resolv }]) => [
        node,
        (resolv as { nameservers?: string[] } | undefined)?.nameservers ?? [],
      ]),
    ),
    links: new Map([...read].map(([node, { links }]) => [node, (links as HostLink[] | undefined) ?? []])),
    tunnels: new Map(
      context.topology.nodes.map(({ name, annotations }): [string, TunnelFacts] => {
        const { links, sockets } = read.get(name) ?? {};
        return [
          name,
          {
            annotations,
            devices: (links as HostLink[] | undefined)?.map((link) => link.name),
            sockets: (sockets as { udp?: TunnelFacts['sockets'] } | undefined)?.udp,
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
