import { CANARY, CANARY_PORTS, KEPT_CANARY_PATH, CANARY_PATH } from '../../model/canary.ts';
import type { Place } from '../../model/observation.ts';
import { podOf, type RunContext } from '../../model/run-context.ts';
import { clusterIpOf, familyOf } from '../../model/family.ts';
import type { NodeInfo, ServiceInfo } from '../../model/topology.ts';
import type { WatchClass } from '../../model/watch.ts';
import type { WatchStream } from '../../probe/watch-protocol.ts';
import { proofTo } from '../canary.ts';
import { askerOf, ingressEntries, ingressWays, type IngressHop } from './ingress.ts';
import { pairsOf } from './pairs.ts';

/** One path that is watched: who asks, and what. */
export interface WatchedPath {
  /** The same for as long as it is watched, whatever addresses its ends have meanwhile. */
  id: string;
  pathClass: WatchClass;
  isLongLived: boolean;
  from: string;
  to: string;
  source: Place;
  ask: Pick<WatchStream, 'spec' | 'expect' | 'asksAgain'>;
}

/** Ten requests a second, each of which may take one. */
const INTERVAL_MS = 100;
const TIMEOUT_MS = 1_000;
/** Of one agent: with more paths each is asked less often. */
const MOST_REQUESTS_PER_SECOND = 300;
/** Up to so many nodes every pair is watched; above it each node with those at distances 1, 2, 4, 8 … */
const FULL_MESH_NODES = 4;
/** Ways in from outside: the machine that Netwright runs on asks all of them by itself. */
const MOST_WAYS_IN = 8;
/** Packets of one request and its answer: a connection of its own, a kept one, a question of DNS. */
const PACKETS = { new: 10, kept: 3, dns: 2 } as const;

const EXPECT = `"service":"${CANARY}"`;

type Http = { host: string; port: number; hostHeader?: string; tls?: boolean; serverName?: string };

interface Way {
  pathClass: WatchClass;
  from: string;
  to: string;
  source: Place;
}

const idOf = ({ pathClass, from, to }: Way, isLongLived: boolean): string =>
  `${pathClass}/${isLongLived ? 'kept' : 'new'}/${from}/${to}`;

/** A path that is asked over HTTP, by new connections and by a kept one. */
function http(context: RunContext, way: Way, at: Http, ways: readonly boolean[] = [false, true]): WatchedPath[] {
  const { headers } = proofTo(context, context.canary?.service);
  return ways.map((isLongLived) => ({
    ...way,
    id: idOf(way, isLongLived),
    isLongLived,
    ask: {
      spec: {
        kind: 'http' as const,
        ...at,
        ...(headers && { headers }),
        ...(at.tls && { anyCertificate: true as const }),
        path: isLongLived ? KEPT_CANARY_PATH : CANARY_PATH,
        timeoutMs: TIMEOUT_MS,
      },
      expect: EXPECT,
    },
  }));
}

function betweenNodes(context: RunContext): WatchedPath[] {
  const pairs = pairsOf({ ...context, settings: { ...context.settings, fullMeshNodes: FULL_MESH_NODES } });
  const { ports } = context.agent;
  return pairs.flatMap(([from, to]) =>
    (['pod', 'host'] as const).flatMap((network) => {
      const [source, target] = [podOf(context, from, network), podOf(context, to, network)];
      if (!source || !target) return [];
      const port = network === 'pod' ? ports.podTcp : ports.hostTcp;
      const pathClass = network === 'pod' ? ('pod-pod' as const) : ('host-host' as const);
      const way: Way = { pathClass, from, to, source: { network, node: from } };
      return http(context, way, { host: target.ip, port }, network === 'pod' ? [false, true] : [false]);
    }),
  );
}

function ofServices(context: RunContext, own: ServiceInfo | undefined): WatchedPath[] {
  const { dns } = context.topology;
  return context.pods.flatMap(({ node, network }) => {
    const source: Place = { network, node };
    const pathClass = network === 'pod' ? ('cluster-ip' as const) : ('host-cluster-ip' as const);
    const at = own && { host: own.clusterIp, port: CANARY_PORTS.http };
    const asked = at
      ? http(context, { pathClass, from: node, to: CANARY, source }, at, network === 'pod' ? [false, true] : [false])
      : [];
    if (network !== 'pod' || !own || !dns || clusterIpOf(dns) === undefined) return asked;
    const way: Way = { pathClass: 'dns', from: node, to: dns.name, source };
    const spec = {
      kind: 'dns' as const,
      host: dns.clusterIp,
      port: 53,
      // The agent knows the cluster's domain by its own search list.
      name: `${own.name}.${own.namespace}.svc`,
      recordType: familyOf(own.clusterIp) === 'IPv6' ? ('AAAA' as const) : ('A' as const),
      transport: 'udp' as const,
      timeoutMs: TIMEOUT_MS,
    };
    return [
      ...asked,
      ...[false, true].map((isLongLived) => ({ ...way, id: idOf(way, isLongLived), isLongLived, ask: { spec } })),
    ];
  });
}

/** So many of a list, evenly spread. */
function spread<T>(all: readonly T[], most: number): T[] {
  return all.filter((_, index) => all.length <= most || index % Math.ceil(all.length / most) === 0);
}

function fromOutside(context: RunContext, own: ServiceInfo | undefined): WatchedPath[] {
  if (!own) return [];
  const wayTo = (node: NodeInfo | undefined) => {
    const source = askerOf(context, { hop: 'worker', node });
    return { from: source.node ?? 'outside', source };
  };
  const nodePort = own.ports.find(({ port }) => port === CANARY_PORTS.http)?.nodePort;
  const nodes = nodePort === undefined ? [] : spread(context.topology.nodes, MOST_WAYS_IN);
  const byPort = nodes.flatMap((node) =>
    http(
      context,
      { pathClass: 'node-port', to: node.name, ...wayTo(node) },
      { host: node.internalIp, port: Number(nodePort) },
    ),
  );
  const ingress = context.canary?.ingress;
  const all = ingress ? ingressEntries(context, ingressWays(context, ingress.ingress)) : [];
  const byHop = (wanted: IngressHop) => all.filter(({ hop, scheme }) => hop === wanted && scheme === 'http');
  // A load balancer may know hosts by name, and ours is none that it knows.
  const entries = byHop('worker').length > 0 ? byHop('worker') : byHop('node-port');
  const byIngress = spread(entries, MOST_WAYS_IN).flatMap(({ address, port, node }) =>
    http(
      context,
      { pathClass: 'ingress', to: node?.name ?? address, ...wayTo(node) },
      { host: address, port, hostHeader: ingress?.host },
    ),
  );
  return [...byPort, ...byIngress];
}

/** Netwright's own Service, as the cluster has it. */
function ownService({ canary, topology }: RunContext): ServiceInfo | undefined {
  return topology.services.find(({ namespace, name }) => `${namespace}/${name}` === canary?.service);
}

/**
 * Every path that is watched. Between nodes by the sampling plan of the suites, with fewer pairs: each costs packets
 * all the time. Netwright's own Service and Ingress alone are asked: nobody's work is to carry ten requests a second.
 */
export function planWatch(context: RunContext): WatchedPath[] {
  const own = ownService(context);
  return [...betweenNodes(context), ...ofServices(context, own), ...fromOutside(context, own)];
}

/** How often each path is asked: ten times a second, and less where one agent has very many. */
export function intervalMsOf(paths: readonly WatchedPath[]): number {
  const perAgent = [...Map.groupBy(paths, ({ source }) => `${source.network} ${source.node ?? ''}`).values()];
  const most = Math.max(1, ...perAgent.map(({ length }) => length));
  return Math.max(INTERVAL_MS, Math.ceil((most * 1_000) / MOST_REQUESTS_PER_SECOND));
}

/** What the busiest node sends and receives for it, as far as it can be known which node answers. */
export function costOf(paths: readonly WatchedPath[]): { requestsPerSecond: number; packetsPerSecond: number } {
  const perSecond = 1_000 / intervalMsOf(paths);
  const loads = new Map<string, { requests: number; packets: number }>();
  for (const { from, to, isLongLived, ask } of paths) {
    const packets = ask.spec.kind === 'dns' ? PACKETS.dns : isLongLived ? PACKETS.kept : PACKETS.new;
    for (const node of new Set([from, to])) {
      const load = loads.get(node) ?? { requests: 0, packets: 0 };
      loads.set(node, { requests: load.requests + 1, packets: load.packets + packets });
    }
  }
  // What is no node is spread over all of them.
  for (const shared of ['outside', CANARY]) loads.delete(shared);
  const most = (of: 'requests' | 'packets') => Math.max(0, ...[...loads.values()].map((load) => load[of]));
  return {
    requestsPerSecond: Math.round(most('requests') * perSecond),
    packetsPerSecond: Math.round(most('packets') * perSecond),
  };
}
