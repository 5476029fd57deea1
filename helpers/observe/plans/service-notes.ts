import type { Hole } from '../../model/finding.ts';
import { isServing, leftOut, nodesWithEndpoint, qualifiedName } from '../../model/service.ts';
import type { RunContext } from '../../model/run-context.ts';
import type { ServiceInfo, Topology } from '../../model/topology.ts';
import { backendOf } from './ingress-backend.ts';
import { portsWithoutEndpoint } from './service-ports.ts';

type Nodes = Topology['nodes'];

const byChoice = (what: string, why: string): Hole => ({ what, why, isByChoice: true });

/** Nodes without an endpoint, by name; empty where all have one, or none has. */
function bareNodes(service: ServiceInfo, nodes: Nodes): string {
  const own = nodesWithEndpoint(service);
  if (own.size === 0) return '';
  return nodes
    .map(({ name }) => name)
    .filter((name) => !own.has(name))
    .join(', ');
}

/** A traffic policy `Local`: nodes without an endpoint rightly do not answer. */
function policies(service: ServiceInfo, nodes: Nodes): Hole[] {
  const bare = bareNodes(service, nodes);
  if (bare === '') return [];
  const name = qualifiedName(service);
  const why = (policy: string) => `${policy} is Local, and no endpoint is there: such a node rightly does not answer`;
  const hasNodePort = service.ports.some(({ nodePort }) => nodePort !== undefined);
  return [
    ...(service.internalTrafficPolicy === 'Local'
      ? [byChoice(`${name} by its ClusterIP from ${bare}`, why('internalTrafficPolicy'))]
      : []),
    ...(service.externalTrafficPolicy === 'Local' && hasNodePort
      ? [byChoice(`${name} by its NodePort at ${bare}`, why('externalTrafficPolicy'))]
      : []),
  ];
}

function loadBalancers({ loadBalancer, sourceRanges, ...service }: ServiceInfo): Hole[] {
  const name = qualifiedName(service);
  return [
    ...(loadBalancer?.length === 0
      ? [byChoice(`${name} at a load balancer`, 'it has been given no address: it is asked within the cluster')]
      : []),
    ...(sourceRanges && loadBalancer && loadBalancer.length > 0
      ? [
          byChoice(
            `${name} at ${loadBalancer.join(', ')} from pods and nodes`,
            `its loadBalancerSourceRanges let in ${sourceRanges.join(', ')} alone; others are dropped, pods and ` +
              'nodes among them unless they are in these ranges',
          ),
        ]
      : []),
  ];
}

/**
 * Pods of Ready nodes that are not ready while others of the Service are: an application may say so of itself, but its
 * own node may also not reach it, which nothing else would show.
 */
function unready(service: ServiceInfo, nodes: Nodes): Hole[] {
  const sound = new Set(nodes.flatMap(({ name, ready }) => (ready ? [name] : [])));
  const own = new Map(
    service.endpoints
      .filter(({ ready, terminating, node }) => !ready && !terminating && node !== undefined && sound.has(node))
      .map((each) => [each.pod ?? each.ip, each.node]),
  );
  if (own.size === 0 || !service.endpoints.some(isServing)) return [];
  const where = [...new Set(own.values())].join(', ');
  return [
    byChoice(
      `${own.size} endpoint${own.size === 1 ? '' : 's'} of ${qualifiedName(service)} (on ${where})`,
      'not ready, so that nothing is led there: the application says so of itself, or its own node gets no answer ' +
        'from it',
    ),
  ];
}

function ports(service: ServiceInfo): Hole[] {
  const name = qualifiedName(service);
  const missing = portsWithoutEndpoint(service);
  const notReady = service.endpoints.filter((each) => each.ready && !isServing(each) && !each.terminating).length;
  return [
    ...(missing.length > 0
      ? [
          byChoice(
            `${name} at port ${missing.map(({ port }) => port).join(', ')}`,
            `no endpoint has a port for the target port ${missing.map(({ targetPort }) => targetPort).join(', ')}`,
          ),
        ]
      : []),
    ...(notReady > 0
      ? [
          byChoice(
            `${notReady} endpoint${notReady === 1 ? '' : 's'} of ${name}`,
            'publishNotReadyAddresses: a pod counts as an endpoint that is not ready, and need not answer',
          ),
        ]
      : []),
  ];
}

/** Pods that are open to clients of their own. */
const guards = ({ guardedBy = [], ports: all, ...service }: ServiceInfo): Hole[] => {
  if (guardedBy.length === 0) return [];
  const guarded = all.filter((port) => port.guardedBy !== undefined);
  const where = guarded.length === all.length ? '' : ` at port ${guarded.map(({ port }) => port).join(', ')}`;
  return [
    byChoice(
      `${qualifiedName(service)}${where} from pods and nodes`,
      `the network policy ${guardedBy.join(', ')} lets in others alone: that it keeps the probes out is no fault`,
    ),
  ];
};

/** Hosts that lead to nothing, as they are meant to. */
const hosts = (context: RunContext): Hole[] =>
  context.targets.hosts.flatMap((host): Hole[] => {
    const { service, leftOut: none } = backendOf(context, host);
    return none
      ? [{ what: `the host ${host.host}${host.path}`, ...none, why: `of its Service ${service}: ${none.why}` }]
      : [];
  });

/** What of the targets is not asked since it rightly need not answer, and why: a line each. */
export function serviceNotes(context: RunContext): Hole[] {
  const { services, nodes, ingressService } = context.topology;
  const own = services.filter(({ namespace, name }) =>
    context.targets.services.some((target) => target.namespace === namespace && target.name === name),
  );
  const ingress = ingressService && !own.some((each) => qualifiedName(each) === qualifiedName(ingressService));
  return [
    ...own.flatMap((service): Hole[] => {
      const out = leftOut(service);
      if (out) return [{ what: qualifiedName(service), ...out }];
      return [
        ...policies(service, nodes),
        ...unready(service, nodes),
        ...ports(service),
        ...guards(service),
        ...loadBalancers(service),
      ];
    }),
    ...(ingress ? loadBalancers(ingressService) : []),
    ...(ingress && context.targets.ingressNodePortNodes ? policies(ingressService, nodes) : []),
    ...hosts(context),
  ];
}
