import type { ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { journeys, type Country, type Journey } from '../walk/journey.ts';
import type { Packet } from '../walk/packet.ts';

const SYN = 2;
/** Linux' own choice of source ports, and what any other machine may choose. */
const LINUX_PORTS = { from: 32_768, to: 60_999 };
const ANY_PORTS = { from: 1024, to: 65_535 };
/** IP's and TCP's headers with the options of a first packet. */
const FIRST_PACKET_BYTES = 60;

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
 * gateway of that node.
 */
function originOf({ source, destination }: ProbeObservation, view: View): Origin | undefined {
  const { node, network, ip } = source;
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

function packetOf(probe: ProbeObservation, view: View): Packet | undefined {
  const { kind, asked } = probe;
  const { ip, port } = targetOf(probe, view);
  const { ip: source, isOwn = false } = originOf(probe, view) ?? {};
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
    ...(!isUdp && { tcpFlags: SYN, bytes: FIRST_PACKET_BYTES }),
  };
}

const keyOf = (node: string, packet: Packet): string =>
  [node, packet.source, packet.destination, packet.protocol, packet.destinationPort].join(' ');

/** Probes whose packets are alike, and how these go. */
export interface WalkedProbes {
  probes: ProbeObservation[];
  ways: Journey[];
}

/** Probes of which the state of the node that sends them was read, by their packets. */
function grouped(view: View, probes: readonly ProbeObservation[]): { packet: Packet; probes: ProbeObservation[] }[] {
  const groups = new Map<string, { packet: Packet; probes: ProbeObservation[] }>();
  for (const probe of probes) {
    const packet = packetOf(probe, view);
    const node = originOf(probe, view)?.node;
    if (!packet || node === undefined || !view.nodeState(node)) continue;
    const group = groups.get(keyOf(node, packet)) ?? { packet, probes: [] };
    group.probes.push(probe);
    groups.set(keyOf(node, packet), group);
  }
  return [...groups.values()];
}

/**
 * Journeys of probes of which the state of the node that sends them was read; alike ones once, and from one number of
 * them to another.
 */
export function walked(
  view: View,
  country: Country,
  probes: readonly ProbeObservation[],
  [from, to]: readonly [number, number],
): WalkedProbes[] {
  return grouped(view, probes)
    .slice(from, to)
    .map(({ packet, probes: own }) => {
      const { node = '', isOwn = false } = (own[0] && originOf(own[0], view)) ?? {};
      return { probes: own, ways: journeys(country, packet, { node, isPod: !isOwn }) };
    });
}
