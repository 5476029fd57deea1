import type { TargetHost, TargetService } from '../../model/targets.ts';
import type { NodeInfo } from '../../model/topology.ts';
import type { RunContext } from '../../model/run-context.ts';
import { judgeHttp } from '../judge-http.ts';
import type { Crosses } from '../../model/observation.ts';
import type { Planned } from '../planned-probe.ts';
import { referenceKey, type References } from './services.ts';

export type IngressHop = 'load-balancer' | 'worker' | 'node-port';

interface Entry {
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

/** Whether the host of a rule, which may begin with a wildcard of one label, covers a name. */
const isNamed = (pattern: string, host: string): boolean =>
  pattern === host || (pattern.startsWith('*.') && host.split('.').slice(1).join('.') === pattern.slice(2));

/** The Service that must answer for a host: as configured, else as the Ingress objects say. */
export function serviceBehind(context: RunContext, { host, service }: TargetHost): string | undefined {
  return (
    service ??
    context.topology.ingresses.flatMap(({ rules, namespace }) =>
      rules.filter((rule) => isNamed(rule.host, host)).map((rule) => `${namespace}/${rule.service}`),
    )[0]
  );
}

const nameOf = ({ namespace, name }: TargetService): string => `${namespace}/${name}`;

/** The target that a Service of a host is. */
export function targetNamed(context: RunContext, name: string): TargetService | undefined {
  return context.targets.services.find(
    (target) => name === `${target.namespace}/${target.name}` || name === target.name,
  );
}

/**
 * Whether a host is served over https as well: where `tls` of an Ingress that routes it names it (exactly or by a
 * wildcard), and where no Ingress routes it, so that nothing says otherwise. For all others a controller answers with a
 * certificate of its own making, which is nobody's promise.
 */
export function hasTls({ topology }: RunContext, host: string): boolean {
  const own = topology.ingresses.filter(({ rules }) => rules.some((rule) => isNamed(rule.host, host)));
  return own.length === 0 || own.some(({ tlsHosts }) => tlsHosts.some((name) => name === '' || isNamed(name, host)));
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

/**
 * Every host by every way in: an answer of the right backend, or over http a redirect to https, and over https a
 * certificate that verifies.
 */
export function planIngress(
  context: RunContext,
  ingressNodes: string[],
  ca: string | undefined,
  references: References,
): Planned<'http'>[] {
  const entries = ingressEntries(context, ingressNodes);
  return context.targets.hosts.flatMap((targetHost) => {
    const serviceName = serviceBehind(context, targetHost);
    const target = serviceName === undefined ? undefined : targetNamed(context, serviceName);
    const usable = entries.filter(({ scheme }) => scheme === 'http' || hasTls(context, targetHost.host));
    return usable.map(({ hop, scheme, address, port, node }): Planned<'http'> => ({
      suite: 'ingress',
      kind: 'http',
      role: hop,
      source: { network: 'runner' },
      destination: { network: 'host', node: node?.name, ip: address, port, name: targetHost.host },
      crosses: { ...ways(context, hop, node), service: serviceName, host: targetHost.host, size: 'mixed' },
      asked: { protocol: scheme, host: targetHost.host, path: targetHost.path, service: serviceName },
      service: serviceName,
      specs: Array.from({ length: CONNECTIONS[hop] }, () => ({
        kind: 'http' as const,
        host: address,
        port,
        path: targetHost.path,
        hostHeader: targetHost.host,
        // A gateway's own time-out answers 504 after some seconds: waiting less would call it a time-out of ours.
        timeoutMs: context.settings.timeoutMs + 2_000,
        ...(scheme === 'https' && { tls: true, serverName: targetHost.host, ...(ca && { ca }) }),
      })),
      judge: (results) =>
        judgeHttp(results, {
          service: target?.name ?? serviceName?.split('/').at(-1) ?? targetHost.host,
          identity: target?.identity ?? { kind: 'compare' },
          hop: 'proxied',
          asked: { scheme, host: targetHost.host, path: targetHost.path },
          reference: references.get(referenceKey(target ? nameOf(target) : (serviceName ?? ''), targetHost.path)),
        }),
    }));
  });
}
