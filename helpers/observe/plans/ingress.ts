import type { IngressWays, TargetHost } from '../../model/targets.ts';
import type { NodeInfo } from '../../model/topology.ts';
import { asksFromOutside, runsInside, type RunContext } from '../../model/run-context.ts';
import { judgeHttp } from '../judge-http.ts';
import type { Crosses, Place } from '../../model/observation.ts';
import type { Planned, ResultOf } from '../planned-probe.ts';
import { isCanary, proofTo, unlessKeptOut } from '../canary.ts';
import { judgeOwnIngress } from '../judge-own-ingress.ts';
import { isSharedHost } from '../../model/ingress-host.ts';
import { unlessUnserved } from '../unserved-ingress.ts';
import { backendOf, hasTls, unservedOf } from './ingress-backend.ts';
import { qualified, referenceKey, type References } from './services.ts';

export type IngressHop = 'load-balancer' | 'worker' | 'node-port';

export interface Entry {
  hop: IngressHop;
  scheme: 'http' | 'https';
  address: string;
  port: number;
  node?: NodeInfo;
}

const schemes = ({ http, https }: IngressWays['ports']) => [
  ...(https === undefined ? [] : [{ scheme: 'https' as const, port: https }]),
  ...(http === undefined ? [] : [{ scheme: 'http' as const, port: http }]),
];

/** The ways in to the main ingress, or to another one. */
export function ingressWays({ targets }: RunContext, other?: number): IngressWays {
  if (other !== undefined) {
    const ways = targets.otherIngresses?.[other] ?? { nodes: [], ports: {}, nodePorts: {} };
    return ways.nodes.length > 0 || ways.loadBalancer ? { ...ways, areNodePortsUnpromised: true } : ways;
  }
  const ports = { http: targets.ingressHttpPort, https: targets.ingressHttpsPort };
  return {
    ...(targets.loadBalancer && { loadBalancer: { address: targets.loadBalancer, ...ports } }),
    nodes: targets.ingressNodes,
    ports: targets.ingressHostPorts ?? ports,
    nodePorts: { http: targets.ingressNodePortHttp, https: targets.ingressNodePortHttps },
    areNodePortsUnpromised: targets.areIngressNodePortsUnpromised,
    byServiceLb: targets.ingressByServiceLb,
    nodePortNodes: targets.ingressNodePortNodes,
    podNodes: targets.ingressPodNodes,
  };
}

/**
 * Every way in: the load balancer, the ports of the nodes that lead to the ingress controller, and its NodePort on
 * every node that has to answer there.
 */
export function ingressEntries(context: RunContext, ways: IngressWays): Entry[] {
  const { nodes } = context.topology;
  const { loadBalancer, nodePortNodes } = ways;
  return [
    ...(loadBalancer && !runsInside(context)
      ? schemes(loadBalancer).map((way) => ({
          hop: 'load-balancer' as const,
          address: loadBalancer.address,
          ...way,
        }))
      : []),
    ...nodes
      .filter(({ name }) => ways.nodes.includes(name))
      .flatMap((node) =>
        schemes(ways.ports).map((way) => ({ hop: 'worker' as const, address: node.internalIp, node, ...way })),
      ),
    ...nodes
      .filter(({ name }) => nodePortNodes?.includes(name) ?? true)
      .flatMap((node) =>
        schemes(ways.nodePorts).map((way) => ({ hop: 'node-port' as const, address: node.internalIp, node, ...way })),
      ),
  ];
}

/** Connections by one way in, so that a load balancer's and a Service's turn comes round to each backend. */
const CONNECTIONS: Record<IngressHop, number> = { 'load-balancer': 6, worker: 3, 'node-port': 3 };

/**
 * Where a request goes by each way in: the load balancer may pass it to any node, a node's own port is the controller's
 * or leads to one, and a NodePort leads to any controller. To pods with a network of their own the overlay carries it.
 */
function crossesOf(
  context: RunContext,
  { podNodes, nodes, byServiceLb }: IngressWays,
  hop: IngressHop,
  node: NodeInfo | undefined,
  isMain: boolean,
): Omit<Crosses, 'size'> {
  const own = node ? [node.name] : [];
  const translation = hop === 'load-balancer' ? context.topology.nodes.map(({ name }) => name) : own;
  if (podNodes && (hop !== 'worker' || byServiceLb)) {
    const overlay = own.flatMap((from) =>
      podNodes.filter((to) => to !== from).map((to): [string, string] => [from, to]),
    );
    return { translation, overlay, pods: podNodes, servedFrom: podNodes };
  }
  if (hop === 'worker') return { servedFrom: own };
  const servedFrom = isMain ? ('ingress' as const) : nodes;
  return { translation, servedFrom, ...(hop === 'node-port' && { entry: node?.name }) };
}

/** What all probes of the ingress share. */
export interface IngressQuestion {
  /** PEM bundle to verify certificates against; the system's roots when absent. */
  ca?: string;
  /** What the pods behind the hosts answer directly. */
  references: References;
}

/**
 * Who asks by a way in: Netwright where it runs; where that is no place outside from which nodes are to be seen, the
 * host network of another node, or of the same where there is none.
 */
export function askerOf(context: RunContext, { hop, node }: Pick<Entry, 'hop' | 'node'>): Place {
  if (asksFromOutside(context) || hop === 'load-balancer') return { network: 'runner' };
  const hosts = context.pods.filter(({ network }) => network === 'host');
  const asker = hosts.find((pod) => pod.node !== node?.name) ?? hosts[0];
  return asker ? { network: 'host', node: asker.node, pod: asker.pod, ip: asker.ip } : { network: 'runner' };
}

/**
 * Whether nobody has promised that Netwright is let in there: a NodePort that nobody named, and a load balancer within
 * a network that Netwright does not reach.
 */
function isUnpromised(context: RunContext, hop: IngressHop, ingress: number | undefined): boolean {
  if (hop === 'node-port') return ingressWays(context, ingress).areNodePortsUnpromised === true;
  const isFound = ingress !== undefined || context.targets.isLoadBalancerFound === true;
  return hop === 'load-balancer' && context.isOutOfReach === true && isFound;
}

const BY_HEADER = 'asked with a PROXY protocol header, which the ingress expects';

/** What a server does that wants a PROXY protocol header first: it closes the connection, or says it cannot read. */
const wantsHeader = (results: ResultOf<'http'>[]): boolean =>
  results.every(({ error, got }) =>
    error ? error.kind === 'reset' && got.status === undefined : got.status === BAD_REQUEST,
  );
export const BAD_REQUEST = 400;

/** One host by one way in. */
export function ingressProbe(
  context: RunContext,
  targetHost: TargetHost,
  entry: Entry,
  question: IngressQuestion,
  proxyProtocol?: true,
): Planned<'http'> {
  const { hop, scheme, address, port, node } = entry;
  const source = askerOf(context, entry);
  const { ca, references } = question;
  const { host, path, ingress } = targetHost;
  const { service, target, externalName } = backendOf(context, targetHost);
  const isOwn = isCanary(context, service);
  const isShared = isSharedHost(context.topology.ingresses, host);
  const expectation = {
    service: target?.name ?? service?.split('/').at(-1) ?? host,
    identity: isShared ? { kind: 'compare' as const } : (target?.identity ?? { kind: 'compare' as const }),
    hop: externalName ? ('outside' as const) : ('proxied' as const),
    asked: { scheme, host, path },
    reference: isShared
      ? undefined
      : references.get(referenceKey(target ? qualified(target) : (service ?? ''), path, host)),
  };
  // An Ingress that somebody named is to be served; one that was found may be anybody's, or of former times.
  const unserved = context.discovers?.allIngresses ? unservedOf(context, targetHost) : undefined;
  const judge = isOwn
    ? unlessKeptOut<'http'>(judgeOwnIngress(scheme, expectation))
    : unlessUnserved(unserved, (results) => judgeHttp(results, expectation));
  return {
    suite: 'ingress',
    kind: 'http',
    role: hop,
    source,
    destination: { network: 'host', node: node?.name, ip: address, port, name: host },
    crosses: {
      underlay: source.node !== undefined && node && source.node !== node.name ? [[source.node, node.name]] : undefined,
      ...crossesOf(context, ingressWays(context, ingress), hop, node, ingress === undefined),
      service,
      host,
      size: 'mixed',
    },
    asked: { protocol: scheme, host, path, service, ...(proxyProtocol && { proxyProtocol }) },
    service,
    ...(isUnpromised(context, hop, ingress) && { isUnpromised: true }),
    about: host,
    specs: Array.from({ length: CONNECTIONS[hop] }, () => ({
      kind: 'http' as const,
      host: address,
      port,
      path,
      hostHeader: host,
      // A gateway's own time-out answers 504 after some seconds: waiting less would call it a time-out of ours.
      timeoutMs: context.settings.timeoutMs + 2_000,
      ...proofTo(context, service),
      ...(proxyProtocol && { proxyProtocol }),
      ...(isOwn && { anyCertificate: true as const }),
      // The cluster's own authority is nobody's fault where nobody named it.
      ...(context.discovers?.allIngresses && ca === undefined && { anyIssuer: true as const }),
      ...(scheme === 'https' && { tls: true, serverName: host, ...(ca && { ca }) }),
    })),
    judge: (results) => {
      const judged = judge(results);
      return proxyProtocol && judged.verdict === 'pass' ? { ...judged, reason: judged.reason ?? BY_HEADER } : judged;
    },
    // Through the load balancer a connection has the header if it is to have one.
    otherwise: (results) =>
      hop === 'load-balancer' || proxyProtocol || !wantsHeader(results)
        ? undefined
        : ingressProbe(context, targetHost, entry, question, true),
  };
}

/**
 * Whether a host is asked by a way in. Netwright's own is not asked through a load balancer: that may know hosts by
 * name. Out of the nodes' reach there has to be a node that asks.
 */
const isWayTo = (context: RunContext, { host }: TargetHost, entry: Entry): boolean =>
  entry.hop === 'load-balancer'
    ? host !== context.canary?.ingress?.host
    : !context.isOutOfReach || askerOf(context, entry).node !== undefined;

/**
 * Every host by every way in: an answer of the right backend, or over http a redirect to https, and over https, where
 * it is promised, a certificate that verifies.
 */
export function planIngress(context: RunContext, question: IngressQuestion): Planned<'http'>[] {
  const hosts = context.targets.hosts.filter((targetHost) => !backendOf(context, targetHost).leftOut);
  return hosts.flatMap((targetHost) =>
    ingressEntries(context, ingressWays(context, targetHost.ingress))
      .filter(
        (entry) => (entry.scheme === 'http' || hasTls(context, targetHost.host)) && isWayTo(context, targetHost, entry),
      )
      .map((entry) => ingressProbe(context, targetHost, entry, question)),
  );
}
