import type { ProbeObservation } from '../../model/observation.ts';
import type { HostRoute } from '../../model/facts/agent.ts';
import { inRange } from './ranges.ts';
import type { View } from '../view/view.ts';

/** felix' own health port, which Calico's manifests open at localhost of every node. */
export const FELIX_PORT = 9099;

/** A pod that no probe reached but its own. */
export interface Unwired {
  ip: string;
  /** Where it is a probe's own pod. */
  isProbe: boolean;
  replica?: string;
  /** What the node has not of it: the plugin sets a pod's route, and felix keeps it; rules are felix' alone. */
  lacks?: 'route' | 'rules';
  failed: ProbeObservation[];
}

/** A node whose pods' routes and rules nobody keeps. */
export interface Unkept {
  node: string;
  /** Another node, on which felix listens; absent where it does on this one, too. */
  other?: string;
  pods: Unwired[];
  ids: string[];
}

const bits = (destination: string): number => Number(destination.split('/')[1]);

/** The device by which a node's own routes lead to a pod on it: not out by a tunnel, a gateway or the default route. */
export function deviceOf(routes: readonly HostRoute[], ip: string): string | undefined {
  const [longest] = routes
    .filter(({ up, destination }) => up && bits(destination) > 0 && inRange(ip, destination))
    .toSorted((a, b) => bits(b.destination) - bits(a.destination));
  return longest?.reject || longest?.gateway !== undefined ? undefined : longest?.device;
}

/** What a node has not of a pod; undefined where it has all, or where that was not read. */
function lackOf(view: View, node: string, ip: string): Unwired['lacks'] {
  const { routes } = view.host(node);
  if (!routes) return undefined;
  const device = deviceOf(routes.value, ip);
  if (device === undefined) return 'route';
  // felix' chains for what goes to a pod are called after its device; those of a bridge are no concern of it.
  const chains = view.ssh(node).firewall?.chains.filter((chain) => chain.includes('cali-tw-')) ?? [];
  const isOfCalico = device.startsWith('cali');
  // With its eBPF data plane there are none at all.
  return isOfCalico && chains.length > 0 && !chains.some((chain) => chain.endsWith(`cali-tw-${device}`))
    ? 'rules'
    : undefined;
}

/** Pods of a node that no probe reached. */
function silentOn(view: View, node: string): Unwired[] {
  const info = view.cluster.nodes.get(node)?.value;
  const hosts = new Set([info?.internalIp, ...(info?.ips ?? [])]);
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
  // Of a probe's pod that is an endpoint as well the first is kept: it says more.
  const pods = [...new Map(own.toReversed().map((each) => [each.ip, each])).values()];
  return pods.flatMap((pod): Unwired[] => {
    if (!pod.ip || hosts.has(pod.ip)) return [];
    const probes = view.probes.filter(({ destination }) => destination.ip === pod.ip);
    // Itself it reaches without its node.
    const reached = probes.some(({ source, verdict }) => verdict === 'pass' && source.ip !== pod.ip);
    const failed = probes.filter(({ verdict }) => verdict === 'fail');
    const lacks = lackOf(view, node, pod.ip);
    return reached || failed.length === 0 ? [] : [{ ...pod, ...(lacks && { lacks }), failed }];
  });
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
    const stopped = other !== undefined && !listens;
    const pods = silentOn(view, node).filter(({ lacks }) => stopped || lacks !== undefined);
    // One that starts anew, as it does when an MTU or its configuration changes, does not listen for a moment either.
    if (pods.length === 0) return [];
    const { routes } = view.host(node);
    const read = pods.some(({ lacks }) => lacks === 'rules') ? view.ssh(node).rulesets : [];
    return [
      {
        node,
        ...(stopped && { other: other.node }),
        pods,
        ids: [id, ...(stopped ? [other.id] : []), ...(routes ? [routes.id] : []), ...read],
      },
    ];
  });
}
