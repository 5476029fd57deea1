import type { TargetHost } from '../../model/targets.ts';
import type { NodeInfo } from '../../model/topology.ts';
import type { RunContext } from '../../model/run-context.ts';
import { judgeHttp } from '../judge-http.ts';
import type { Crosses } from '../../model/observation.ts';
import type { Planned, ResultOf } from '../planned-probe.ts';
import { backendOf, hasTls } from './ingress-backend.ts';
import { qualified, referenceKey, type References } from './services.ts';

export type IngressHop = 'load-balancer' | 'worker' | 'node-port';

export interface Entry {
  hop: IngressHop;
  scheme: 'http' | 'https';
  address: string;
  port: number;
  node?: NodeInfo;
}

/**
 * Every way in: the load balancer, the ports of the nodes that run the ingress controller, and its NodePort on every
 * node.
 */
export function ingressEntries(context: RunContext, ingressNodes: string[]): Entry[] {
  const { loadBalancer, ingressHttpPort, ingressHttpsPort, ingressNodePortHttp, ingressNodePortHttps } =
    context.targets;
  const schemes = (http: number | undefined, https: number | undefined) => [
    ...(https === undefined ? [] : [{ scheme: 'https' as const, port: https }]),
    ...(http === undefined ? [] : [{ scheme: 'http' as const, port: http }]),
  ];
  const { nodes } = context.topology;
  return [
    ...(loadBalancer
      ? schemes(ingressHttpPort, ingressHttpsPort).map((way) => ({
          hop: 'load-balancer' as const,
          address: loadBalancer,
          ...way,
        }))
      : []),
    ...nodes
      .filter(({ name }) => ingressNodes.includes(name))
      .flatMap((node) =>
        schemes(ingressHttpPort, ingressHttpsPort).map((way) => ({
          hop: 'worker' as const,
          address: node.internalIp,
          node,
          ...way,
        })),
      ),
    ...nodes.flatMap((node) =>
      schemes(ingressNodePortHttp, ingressNodePortHttps).map((way) => ({
        hop: 'node-port' as const,
        address: node.internalIp,
        node,
        ...way,
      })),
    ),
  ];
}

/** Connections by one way in, so that a load balancer's and a Service's turn comes round to each backend. */
const CONNECTIONS: Record<IngressHop, number> = { 'load-balancer': 6, worker: 3, 'node-port': 3 };

/**
 * Where a request goes by each way in: the load balancer may pass it to any node, a node's own port is the
 * controller's, and a NodePort leads to any controller.
 */
function ways({ topology }: RunContext, hop: IngressHop, node: NodeInfo | undefined): Omit<Crosses, 'size'> {
  const own = node ? [node.name] : [];
  if (hop === 'worker') return { servedFrom: own };
  if (hop === 'node-port') return { translation: own, servedFrom: 'ingress', entry: node?.name };
  return { translation: topology.nodes.map(({ name }) => name), servedFrom: 'ingress' };
}

/** What all probes of the ingress share. */
export interface IngressQuestion {
  ingressNodes: string[];
  /** PEM bundle to verify certificates against; the system's roots when absent. */
  ca?: string;
  /** What the pods behind the hosts answer directly. */
  references: References;
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
  { hop, scheme, address, port, node }: Entry,
  { ca, references }: Pick<IngressQuestion, 'ca' | 'references'>,
  proxyProtocol?: true,
): Planned<'http'> {
  const { host, path } = targetHost;
  const { service, target, externalName } = backendOf(context, targetHost);
  const expectation = {
    service: target?.name ?? service?.split('/').at(-1) ?? host,
    identity: target?.identity ?? { kind: 'compare' as const },
    hop: externalName ? ('outside' as const) : ('proxied' as const),
    asked: { scheme, host, path },
    reference: references.get(referenceKey(target ? qualified(target) : (service ?? ''), path, host)),
  };
  return {
    suite: 'ingress',
    kind: 'http',
    role: hop,
    source: { network: 'runner' },
    destination: { network: 'host', node: node?.name, ip: address, port, name: host },
    crosses: { ...ways(context, hop, node), service, host, size: 'mixed' },
    asked: { protocol: scheme, host, path, service, ...(proxyProtocol && { proxyProtocol }) },
    service,
    specs: Array.from({ length: CONNECTIONS[hop] }, () => ({
      kind: 'http' as const,
      host: address,
      port,
      path,
      hostHeader: host,
      // A gateway's own time-out answers 504 after some seconds: waiting less would call it a time-out of ours.
      timeoutMs: context.settings.timeoutMs + 2_000,
      ...(proxyProtocol && { proxyProtocol }),
      ...(scheme === 'https' && { tls: true, serverName: host, ...(ca && { ca }) }),
    })),
    judge: (results) => {
      const judged = judgeHttp(results, expectation);
      return proxyProtocol && judged.verdict === 'pass' ? { ...judged, reason: judged.reason ?? BY_HEADER } : judged;
    },
    // Through the load balancer a connection has the header if it is to have one.
    otherwise: (results) =>
      hop === 'load-balancer' || proxyProtocol || !wantsHeader(results)
        ? undefined
        : ingressProbe(context, targetHost, { hop, scheme, address, port, node }, { ca, references }, true),
  };
}

/**
 * Every host by every way in: an answer of the right backend, or over http a redirect to https, and over https, where
 * it is promised, a certificate that verifies.
 */
export function planIngress(context: RunContext, question: IngressQuestion): Planned<'http'>[] {
  const entries = ingressEntries(context, question.ingressNodes);
  const hosts = context.targets.hosts.filter((targetHost) => !backendOf(context, targetHost).leftOut);
  return hosts.flatMap((targetHost) =>
    entries
      .filter(({ scheme }) => scheme === 'http' || hasTls(context, targetHost.host))
      .map((entry) => ingressProbe(context, targetHost, entry, question)),
  );
}
