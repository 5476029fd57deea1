import type { ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { journeys, type Country, type Journey } from '../walk/journey.ts';
import { byWhatIsNotDone } from '../walk/otherwise.ts';
import { FIRST_OF_TCP, type Packet } from '../walk/packet.ts';

/** Linux' own choice of source ports, and what any other machine may choose. */
const LINUX_PORTS = { from: 32_768, to: 60_999 };
export const ANY_PORTS = { from: 1024, to: 65_535 };

const DNS_PORT = 53;

/** Where it goes; what a pod's resolver asks goes to the cluster's DNS. */
function targetOf({ kind, destination }: ProbeObservation, view: View): { ip?: string; port?: number } {
  return kind === 'resolve' ? { ip: view.cluster.dns?.value.clusterIp, port: DNS_PORT } : destination;
}

interface Origin {
  node: string;
  ip?: string;
  /** Of the node's own processes, not of a pod's or from outside. */
  isOwn: boolean;
}

/**
 * Where the walk of a probe begins. What comes from outside begins at the node that is asked, as if it came from the
 * gateway of that node; so does what comes from a node that was not read.
 */
function originOf({ source, destination }: ProbeObservation, view: View): Origin | undefined {
  const { node, network, ip } = source;
  const isFar = destination.network === 'host' && destination.node !== undefined && destination.node !== node;
  if (node !== undefined && network === 'host' && isFar && !view.nodeState(node))
    return { node: destination.node ?? node, ip, isOwn: false };
  if (node !== undefined)
    return network === 'pod' || network === 'host' ? { node, ip, isOwn: network === 'host' } : undefined;
  const asked = destination.node;
  const routes = asked === undefined ? undefined : view.nodeState(asked)?.index.state.routes;
  const gateway = routes?.find((route) => /^(default|0\.0\.0\.0\/0)$/.test(route.destination))?.nextHops[0]?.gateway;
  return network === 'runner' && asked !== undefined && gateway !== undefined
    ? { node: asked, ip: gateway, isOwn: false }
    : undefined;
}

/** Ports from which a node's own processes send, and pods that do not choose theirs. */
function portsOf({ source: { network, node = '' } }: ProbeObservation, view: View): Packet['anyPorts'] {
  const text = view.nodeState(node)?.index.state.sysctls?.['net.ipv4.ip_local_port_range'];
  const [from, to] = (text ?? '').split(/\s+/).map(Number);
  return network === 'host' && from && to ? { from, to } : LINUX_PORTS;
}

function packetOf(probe: ProbeObservation, { ip: source, isOwn }: Origin, view: View): Packet | undefined {
  const { kind, asked } = probe;
  const { ip, port } = targetOf(probe, view);
  // What asks its own address leaves no pod and no node.
  if (kind === 'burst' || source === undefined || ip === undefined || source === ip) return undefined;
  const isUdp = asked.protocol === 'udp';
  return {
    family: ip.includes(':') ? 'ipv6' : 'ipv4',
    protocol: isUdp ? 'udp' : 'tcp',
    // A node's own processes leave the address to its routes.
    ...(!isOwn && { source }),
    destination: ip,
    destinationPort: port,
    anyPorts: probe.source.node === undefined ? ANY_PORTS : portsOf(probe, view),
    ...(!isUdp && FIRST_OF_TCP),
  };
}

const keyOf = (node: string, packet: Packet): string =>
  [node, packet.source, packet.destination, packet.protocol, packet.destinationPort].join(' ');

/** Probes whose packets are alike, and where these begin. */
interface LikeProbes {
  packet: Packet;
  origin: Origin;
  probes: ProbeObservation[];
}

/** The same, and how their packets go. */
export interface WalkedProbes {
  probes: ProbeObservation[];
  ways: readonly Journey[];
}

/** Probes of which the state of the node that sends them was read, by their packets. */
export function likeProbes(view: View, probes: readonly ProbeObservation[]): LikeProbes[] {
  const groups = new Map<string, LikeProbes>();
  for (const probe of probes) {
    const origin = originOf(probe, view);
    const packet = origin && packetOf(probe, origin, view);
    if (!packet || !view.nodeState(origin.node)) continue;
    const key = keyOf(origin.node, packet);
    const group = groups.get(key) ?? { packet, origin, probes: [] };
    group.probes.push(probe);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Journeys of probes, alike ones once. */
export const walked = (country: Country, groups: readonly LikeProbes[]): WalkedProbes[] =>
  groups.map(({ packet, origin: { node, isOwn }, probes }) => {
    const from = { node, isPod: !isOwn };
    return { probes, ways: byWhatIsNotDone(country, packet, from, journeys(country, packet, from)) };
  });
