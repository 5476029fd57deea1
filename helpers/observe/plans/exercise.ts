import { clusterIpOf } from '../../model/family.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { TargetService } from '../../model/targets.ts';
import type { ServiceInfo } from '../../model/topology.ts';
import { backendOf, hasTls } from './ingress-backend.ts';
import { ingressEntries, ingressWays } from './ingress.ts';
import { askedPorts } from './service-ports.ts';
import type { WatchedPath } from './watch.ts';

const TIMEOUT_MS = 2_000;

/** Kept connections are closed where a way changes, and a client is expected to know that. */
const ASKS_AGAIN = { asksAgain: true } as const;

/** What an answer of the right backend has in it, where that is known beforehand. */
const expectOf = ({ identity, name }: TargetService): { expect?: string } =>
  identity.kind === 'json-service' ? { expect: `"service":"${name}"` } : {};

function byClusterIp(context: RunContext, service: ServiceInfo, target: TargetService): WatchedPath[] {
  const port = askedPorts(service, target)[0]?.port;
  const host = clusterIpOf(service);
  if (port === undefined || host === undefined) return [];
  return context.pods
    .filter(({ network }) => network === 'pod')
    .flatMap(({ node }) =>
      [false, true].map((isLongLived) => ({
        id: `exercise/cluster-ip/${isLongLived ? 'kept' : 'new'}/${node}/${service.name}`,
        pathClass: 'cluster-ip' as const,
        isLongLived,
        from: node,
        to: `${service.namespace}/${service.name}`,
        source: { network: 'pod' as const, node },
        ask: {
          spec: {
            kind: 'http' as const,
            host,
            port,
            path: target.healthPath,
            timeoutMs: TIMEOUT_MS,
          },
          ...expectOf(target),
          ...(isLongLived && ASKS_AGAIN),
        },
      })),
    );
}

function byIngress(context: RunContext, service: string, target: TargetService): WatchedPath[] {
  const hosts = context.targets.hosts.filter((host) => backendOf(context, host).service === service);
  return hosts.flatMap(({ host, path, ingress }) => {
    const scheme = hasTls(context, host) ? 'https' : 'http';
    return ingressEntries(context, ingressWays(context, ingress))
      .filter((entry) => entry.scheme === scheme)
      .slice(0, 1)
      .flatMap(({ address, port }) =>
        [false, true].map((isLongLived) => ({
          id: `exercise/ingress/${isLongLived ? 'kept' : 'new'}/${host}`,
          pathClass: 'ingress' as const,
          isLongLived,
          from: 'outside',
          to: host,
          source: { network: 'runner' as const },
          ask: {
            spec: {
              kind: 'http' as const,
              host: address,
              port,
              path,
              hostHeader: host,
              timeoutMs: TIMEOUT_MS,
              ...(scheme === 'https' && { tls: true, serverName: host, anyCertificate: true as const }),
            },
            ...expectOf(target),
            ...(isLongLived && ASKS_AGAIN),
          },
        })),
      );
  });
}

/** Requests through Services and their hosts, by new connections and by kept ones, from every node and from outside. */
export function planExercise(context: RunContext, services: readonly string[]): WatchedPath[] {
  return context.topology.services.flatMap((service) => {
    const name = `${service.namespace}/${service.name}`;
    const target = context.targets.services.find((each) => `${each.namespace}/${each.name}` === name);
    if (!services.includes(name) || target?.httpPort === undefined) return [];
    return [...byClusterIp(context, service, target), ...byIngress(context, name, target)];
  });
}
