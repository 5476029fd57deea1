import type { IngressController } from '../cluster/ingress/controllers.ts';
import { webPorts } from '../cluster/ingress/web-ports.ts';
import type { ReadTopology } from '../cluster/topology.ts';
import type { Config } from '../config/config.ts';
import { ruleFor } from '../model/ingress-host.ts';
import { nodesWithEndpoint } from '../model/service.ts';
import type { IngressWays, TargetHost, Targets } from '../model/targets.ts';
import type { IngressInfo } from '../model/topology.ts';

/** The ways in to a controller that was found. */
function waysOf({ service, hostPorts, podNodes, loadBalancer }: IngressController): IngressWays {
  const web = service ? webPorts(service) : {};
  const local = service?.externalTrafficPolicy === 'Local' ? [...nodesWithEndpoint(service)] : [];
  const balanced = { http: web.http?.port, https: web.https?.port };
  return {
    ...(loadBalancer !== undefined && { loadBalancer: { address: loadBalancer, ...balanced } }),
    nodes: hostPorts.nodes,
    ports: hostPorts.ports,
    ...(hostPorts.byServiceLb && { byServiceLb: true }),
    nodePorts: { http: web.http?.nodePort, https: web.https?.nodePort },
    // Where no node has one, it is not the policy that keeps clients from it.
    ...(local.length > 0 && { nodePortNodes: local }),
    ...(podNodes && { podNodes }),
  };
}

/**
 * Nodes by whose ports the ingress is reached: as configured, by name or by label, else those whose ports are held.
 */
function nodesOf({ ingressNodes }: Config, { selectedNodes, topology }: ReadTopology, found?: IngressWays): string[] {
  if (ingressNodes) return 'names' in ingressNodes ? ingressNodes.names : (selectedNodes ?? []);
  return (found?.nodes ?? []).filter((node) => topology.nodes.some(({ name }) => name === node));
}

type OfIngress =
  | 'loadBalancer'
  | 'isLoadBalancerFound'
  | 'ingressHttpPort'
  | 'ingressHttpsPort'
  | 'ingressNodePortHttp'
  | 'ingressNodePortHttps'
  | 'areIngressNodePortsUnpromised'
  | 'ingressNodes'
  | 'ingressHostPorts'
  | 'ingressByServiceLb'
  | 'ingressNodePortNodes'
  | 'ingressPodNodes'
  | 'otherIngresses';

/** The ways in to the ingress: what is configured, and for the rest the controllers that were found. */
export function discoverIngress(config: Config, read: ReadTopology): Pick<Targets, OfIngress> {
  const [found, ...more] = read.controllers.map(waysOf);
  const others = [...more, ...(read.gateways ?? []).map(({ ways }) => ways)];
  const balancer = config.loadBalancer === undefined ? found?.loadBalancer : undefined;
  const loadBalancer = config.loadBalancer ?? balancer?.address;
  const http = config.ingressHttpPort ?? (balancer ? balancer.http : 80);
  const https = config.ingressHttpsPort ?? (balancer ? balancer.https : 443);
  const held = config.ingressNodes ? {} : (found?.ports ?? {});
  // By ports that somebody names every node is to be a way in.
  const isPortNamed = config.ingressNodePortHttp !== undefined || config.ingressNodePortHttps !== undefined;
  const nodes = nodesOf(config, read, found);
  const isOnlyWay = nodes.length === 0 && loadBalancer === undefined;
  const isHeld = held.http !== undefined || held.https !== undefined;
  return {
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(balancer && { isLoadBalancerFound: true }),
    ...(http !== undefined && { ingressHttpPort: http }),
    ...(https !== undefined && { ingressHttpsPort: https }),
    ...(isHeld && {
      ingressHostPorts: {
        http: config.ingressHttpPort ?? held.http,
        https: config.ingressHttpsPort ?? held.https,
      },
    }),
    ingressNodePortHttp: config.ingressNodePortHttp ?? found?.nodePorts.http,
    ingressNodePortHttps: config.ingressNodePortHttps ?? found?.nodePorts.https,
    ...(!isPortNamed && !isOnlyWay && { areIngressNodePortsUnpromised: true }),
    ingressNodes: nodes,
    ...(found?.byServiceLb && { ingressByServiceLb: true }),
    ...(found?.nodePortNodes && !isPortNamed && { ingressNodePortNodes: found.nodePortNodes }),
    ...(found?.podNodes && { ingressPodNodes: found.podNodes }),
    ...(others.length > 0 && { otherIngresses: others }),
  };
}

/**
 * Which controller serves a class, by its place among those that were found: one alone serves all. What no controller
 * claims belongs to the one of which nothing is known, else to the main one.
 */
function servedBy(controllers: readonly IngressController[], className: string | undefined): number {
  if (controllers.length < 2) return 0;
  const claimed = controllers.findIndex(({ classes }) => className !== undefined && classes?.includes(className));
  if (claimed >= 0) return claimed;
  return Math.max(
    controllers.findIndex(({ classes }) => classes === undefined),
    0,
  );
}

/** Says of each host which ingress serves its class, where that is not the main one. */
export function byClass(
  hosts: readonly TargetHost[],
  ingresses: readonly IngressInfo[],
  { controllers, gateways = [] }: Pick<ReadTopology, 'controllers' | 'gateways'>,
): TargetHost[] {
  // Where no controller was found the main one has its place all the same.
  const first = Math.max(controllers.length, 1);
  return hosts.map((host) => {
    const { className, gateway } = ruleFor(ingresses, host.host, host.path)?.ingress ?? {};
    const place =
      gateway === undefined
        ? servedBy(controllers, className)
        : first + gateways.findIndex(({ name }) => name === gateway);
    return place === 0 ? host : { ...host, ingress: place - 1 };
  });
}
