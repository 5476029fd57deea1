import type { NodeRoute } from '../../model/routing.ts';
import type { Course } from './course.ts';
import type { Hop } from './fib.ts';
import { runBridgeHook, runDeviceHook } from './hooks.ts';
import type { End, Packet } from './packet.ts';

/** UDP, and VXLAN's own header before the inner frame's Ethernet header. */
const VXLAN_BYTES = { ipv4: 50, ipv6: 70 };

/** Devices that ask nobody for a hardware address. */
const hasNeighbours = (flags: readonly string[]): boolean =>
  !flags.includes('NOARP') && !flags.includes('POINTOPOINT') && !flags.includes('LOOPBACK');

/** Whether it is too big for its way; only where it may not be cut. */
export function tooBig(course: Course, route: NodeRoute, hop: Hop): End | undefined {
  const { packet, index } = course;
  const link = hop.device === undefined ? undefined : index.link(hop.device);
  const size = route.mtu ?? link?.mtu;
  if (packet.bytes === undefined || size === undefined || packet.bytes <= size) return undefined;
  if (packet.dontFragment === false && packet.family === 'ipv4') return undefined;
  if (packet.dontFragment === undefined && packet.family === 'ipv4') {
    course.miss('whether it may be fragmented');
    return undefined;
  }
  return course.stop('too-big', 'size', {
    kind: 'device',
    where: 'ip link',
    text: `${hop.device} mtu ${size}, the packet has ${packet.bytes} bytes`,
  });
}

/** The hardware address of the next hop, where the node knows it. */
function neighbourOf(course: Course, device: string, address: string): { mac?: string } {
  const { index } = course;
  const link = index.link(device);
  if (!link || !hasNeighbours(link.flags)) return {};
  const known = index.state.neighbours?.find((each) => each.device === device && each.address === address);
  if (!index.state.neighbours) {
    course.miss('the neighbours were not read');
    return {};
  }
  if (!known?.mac) {
    // It is asked for, again where it did not answer before: whether it answers is not the node's own doing, but that
    // of the route that leads there, or of who should be there.
    const before = known?.states.includes('FAILED') ? ', and did not answer before' : '';
    course.note('neighbour', `${address} is asked for at ${device}${before}`);
    return {};
  }
  course.note('neighbour', `${address} is ${known.mac}`);
  return { mac: known.mac };
}

/** The packet in the tunnel's own; undefined where the device is no tunnel that is known. */
function wrapped(course: Course, device: string, mac: string | undefined, address: string): Packet | End | undefined {
  const { index, packet } = course;
  const link = index.link(device);
  if (link?.kind !== 'vxlan' || !link.vxlan) return undefined;
  const entries = index.state.forwards?.filter((each) => each.device === device);
  if (!entries || mac === undefined) return course.unknown(`to which node ${device} sends what is for ${address}`);
  const entry = entries.find((each) => each.mac === mac && each.destination !== undefined);
  const any = entries.find((each) => /^(00:){5}00$/.test(each.mac) && each.destination !== undefined);
  const to = entry ?? any;
  if (!to?.destination)
    return course.stop('no-neighbour', 'encapsulation', {
      kind: 'nothing',
      where: 'bridge fdb',
      text: `${device} has no entry for ${mac}`,
    });
  const family = to.destination.includes(':') ? 'ipv6' : 'ipv4';
  course.note('encapsulation', `to ${to.destination}`, {
    kind: 'forwarding-entry',
    where: 'bridge fdb',
    text: `${to.mac} dev ${device} dst ${to.destination}`,
  });
  return {
    family,
    protocol: 'udp',
    source: link.vxlan.local,
    destination: to.destination,
    destinationPort: to.port ?? link.vxlan.port,
    bytes: packet.bytes === undefined ? undefined : packet.bytes + VXLAN_BYTES[family],
    dontFragment: packet.family === 'ipv4' ? undefined : false,
    ttl: undefined,
    mark: course.mark,
  };
}

/** A packet out by a device; `wrapped` where a tunnel has put it into another, which goes its own way. */
export function leave(course: Course, hop: Hop): End | { wrapped: Packet } {
  const { packet, index } = course;
  const device = hop.device ?? '';
  const nextHop = hop.gateway ?? packet.destination;
  const link = index.link(device);
  if (link && !link.flags.includes('UP'))
    return course.stop('device-down', 'delivery', { kind: 'device', where: 'ip link', text: `${device} is down` });
  const neighbour = neighbourOf(course, device, nextHop);
  const outer = wrapped(course, device, neighbour.mac, nextHop);
  if (outer && 'kind' in outer) return outer;
  if (outer) return { wrapped: outer };
  if (link?.kind === 'bridge') {
    course.outPort = undefined;
    const stopped = runBridgeHook(course, 'output') ?? runBridgeHook(course, 'postrouting');
    if (stopped) return stopped;
  }
  const end = runDeviceHook(course, 'egress', device);
  if (end) return end;
  course.note('delivery', `left by ${device}${neighbour.mac === undefined ? '' : ` to ${neighbour.mac}`}`);
  return { kind: 'left', packet, device, nextHop, mac: neighbour.mac };
}
