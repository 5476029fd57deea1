import type { ProbeObservation } from '../../model/observation.ts';
import type { HostRoute } from '../../model/facts/agent.ts';
import { inRange } from './ranges.ts';
import type { View } from '../view/view.ts';

/** felix' own health port, which Calico's manifests open at localhost of every node. */
export const FELIX_PORT = 9099;

/** A pod's address on its own node, which has no route to it: felix gives a pod its route within a second. */
export interface Unrouted {
  ip: string;
  /** Where it is a probe's own pod. */
  isProbe: boolean;
  replica?: string;
  failed: ProbeObservation[];
}

/** A node whose pods' routes and rules nobody keeps. */
export interface Unkept {
  node: string;
  /** Another node, on which felix listens; absent where it does on this one, too. */
  other?: string;
  unrouted: Unrouted[];
  ids: string[];
}

const bits = (destination: string): number => Number(destination.split('/')[1]);

/** Whether a node's own routes lead to a pod on it: not out by a tunnel, a gateway or the default route. */
function isRouted(routes: readonly HostRoute[], ip: string): boolean {
  const [longest] = routes
    .filter(({ up, destination }) => up && bits(destination) > 0 && inRange(ip, destination))
    .toSorted((a, b) => bits(b.destination) - bits(a.destination));
  return longest?.device !== undefined && !longest.reject && longest.gateway === undefined;
}

/** Pods of a node that no route of it leads to, and that no probe reached. */
function unroutedOn(view: View, node: string): { pods: Unrouted[]; ids: string[] } {
  const { routes } = view.host(node);
  const info = view.cluster.nodes.get(node)?.value;
  if (!routes || !info) return { pods: [], ids: [] };
  const hosts = new Set([info.internalIp, ...(info.ips ?? [])]);
  const own = [
    ...view.probes.flatMap(({ source }) =>
      source.network === 'pod' && source.node === node && source.ip ? [{ ip: source.ip, isProbe: true }] : [],
    ),
    ...view.cluster.services.flatMap(({ value }) =>
      value.endpoints.filter((each) => each.node === node).map(({ ip }) => ({ ip, isProbe: false })),
    ),
    ...view.cluster.dnsPods
      .filter(({ value }) => value.node === node)
      .map(({ value }) => ({ ip: value.ip, isProbe: false, replica: value.name })),
  ];
  const pods = [...new Map(own.map((each) => [each.ip, each])).values()].flatMap((pod): Unrouted[] => {
    if (!pod.ip || hosts.has(pod.ip) || isRouted(routes.value, pod.ip)) return [];
    const probes = view.probes.filter(({ destination }) => destination.ip === pod.ip);
    // Itself it reaches without its node.
    const reached = probes.some(({ source, verdict }) => verdict === 'pass' && source.ip !== pod.ip);
    return reached ? [] : [{ ...pod, failed: probes.filter(({ verdict }) => verdict === 'fail') }];
  });
  return { pods, ids: [routes.id] };
}

/** Nodes of a Calico cluster on which felix does not run, or does not keep up. None on another network. */
export function unkeptByFelix(view: View): Unkept[] {
  if (!view.cluster.overlay?.value.kind.startsWith('calico')) return [];
  const seen = view.nodes.flatMap((node) => {
    const { sockets } = view.host(node);
    return sockets && Array.isArray(sockets.value.tcp)
      ? [{ node, id: sockets.id, listens: sockets.value.tcp.some(({ port }) => port === FELIX_PORT) }]
      : [];
  });
  const other = seen.find(({ listens }) => listens);
  return seen.flatMap(({ node, id, listens }): Unkept[] => {
    const { pods, ids } = unroutedOn(view, node);
    const unrouted = pods.filter(({ failed }) => failed.length > 0);
    const stopped = other !== undefined && !listens;
    if (!stopped && unrouted.length === 0) return [];
    return [
      {
        node,
        ...(stopped && { other: other.node }),
        unrouted,
        ids: [id, ...(stopped ? [other.id] : []), ...(unrouted.length > 0 ? ids : [])],
      },
    ];
  });
}
