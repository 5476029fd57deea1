import type { Field } from '../../model/firewall-fields.ts';
import type { Hook, Selector } from '../../model/firewall.ts';
import { addressType, lookUp } from './fib.ts';
import type { Course } from './course.ts';
import { isTranslated } from './flow.ts';
import { protocolNumber } from './names.ts';

/** What a packet has where a rule looks. */
export type Reading =
  | { kind: 'value'; value: string | number | boolean }
  /** Several at once, of which one is enough. */
  | { kind: 'names'; names: string[] }
  /** A number between two others, both included. */
  | { kind: 'within'; from: number; to: number }
  /** It has no such field, and no rule that asks for it holds, whatever it asks. */
  | { kind: 'absent' }
  | { kind: 'open'; why: string };

const ABSENT: Reading = { kind: 'absent' };
const value = (of: string | number | boolean): Reading => ({ kind: 'value', value: of });
const valueOr = (of: string | number | boolean | undefined, why: string): Reading =>
  of === undefined ? { kind: 'open', why } : value(of);

/** IP's own numbers for a packet that is no fragment: the flag "do not fragment", and the offset. */
const DONT_FRAGMENT = 0x4000;
const FRAGMENT_OFFSET = 0x1fff;

const ofProtocol =
  (name: string, read: (course: Course) => Reading) =>
  (course: Course): Reading =>
    protocolNumber(course.packet.protocol) === protocolNumber(name) ? read(course) : ABSENT;
const ofFamily =
  (family: 'ipv4' | 'ipv6', read: (course: Course, selector: Selector, hook: Hook) => Reading) =>
  (course: Course, selector: Selector, hook: Hook): Reading =>
    course.packet.family === family ? read(course, selector, hook) : ABSENT;

const port =
  (part: 'sourcePort' | 'destinationPort', name: string) =>
  ({ packet }: Course): Reading =>
    packet[part] === undefined && packet.anyPorts
      ? { kind: 'within', ...packet.anyPorts }
      : valueOr(packet[part], `its ${name} is not known`);
const sourcePort = port('sourcePort', 'source port');
const destinationPort = port('destinationPort', 'destination port');
const WITH_PORTS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);
/** The bytes at which ports stand are others' in other protocols. */
const anyPort = (read: (course: Course) => Reading) => (course: Course) =>
  WITH_PORTS.has(course.packet.protocol)
    ? read(course)
    : ({ kind: 'open', why: `the bytes of ${course.packet.protocol} where ports would stand` } as const);

const source = ({ packet }: Course): Reading => valueOr(packet.source, 'its source is not known');
const destination = ({ packet }: Course): Reading => value(packet.destination);
const timeToLive = ({ packet }: Course): Reading => valueOr(packet.ttl, 'its time to live is not known');
const bytes = ({ packet }: Course): Reading => valueOr(packet.bytes, 'its size is not known');
const icmp = (part: 'type' | 'code') => (course: Course) =>
  valueOr(course.packet.icmp?.[part], `its ICMP ${part} is not known`);

function fragment({ packet }: Course, { mask }: Selector): Reading {
  if (mask !== undefined && (mask & ~FRAGMENT_OFFSET) === 0) return value(0);
  if (packet.dontFragment === undefined) return { kind: 'open', why: 'whether it may be fragmented' };
  return value(packet.dontFragment ? DONT_FRAGMENT : 0);
}

const tracked =
  (read: (course: Course, flow: NonNullable<Course['flow']>) => Reading) =>
  (course: Course): Reading =>
    course.flow && course.flow.state !== 'untracked' ? read(course, course.flow) : ABSENT;

function states({ flow, notTracked }: Course): Reading {
  // The kernel says so of what it has not tracked yet.
  if (!flow) return { kind: 'names', names: [notTracked ? 'untracked' : 'invalid'] };
  const translated = flow.state === 'untracked' ? [] : (['source', 'destination'] as const);
  // iptables calls a translation a state; nft has no such names there.
  const names = translated.flatMap((side) => (isTranslated(flow, side) ? [side === 'source' ? 'snat' : 'dnat'] : []));
  return { kind: 'names', names: [flow.state, ...names] };
}

const status = tracked((_, flow) => ({
  kind: 'names',
  names: [
    ...(isTranslated(flow, 'source') ? ['snat'] : []),
    ...(isTranslated(flow, 'destination') ? ['dnat'] : []),
    ...(flow.state === 'established' ? ['confirmed', 'seen-reply', 'seen_reply', 'assured'] : []),
  ],
}));

const end = (
  direction: 'original' | 'reply',
  part: 'source' | 'destination' | 'sourcePort' | 'destinationPort',
): ((course: Course) => Reading) =>
  tracked((_, flow) => valueOr(flow[direction][part], `the ${part} of its connection is not known`));

function typeOf(course: Course, address: string | undefined, device?: string): Reading {
  if (address === undefined) return { kind: 'open', why: 'its source is not known' };
  return valueOr(addressType(course.index, address, device), 'the routes were not read');
}

/** Whether the way back to the source is there: by the device that it came by, or by any. */
function wayBack(course: Course, { byDevice, byMark }: { byDevice: boolean; byMark: boolean }): Reading {
  const { packet, index, choices, inDevice } = course;
  if (packet.source === undefined) return { kind: 'open', why: 'its source is not known' };
  if (inDevice === 'lo') return value(true);
  const answer = lookUp(
    index,
    {
      destination: packet.source,
      source: packet.destination,
      mark: byMark ? course.mark : 0,
      inputDevice: 'lo',
      protocol: '',
    },
    choices,
  );
  if (answer.kind === 'unknown') return { kind: 'open', why: answer.why };
  if (answer.kind !== 'route' || answer.route.type !== 'unicast') return value(false);
  return value(!byDevice || answer.route.nextHops.some(({ device }) => device === inDevice));
}

const packetKind = ({ packet, index }: Course): Reading => {
  const type = addressType(index, packet.destination);
  return type === 'broadcast' || type === 'multicast' ? value(type) : { kind: 'names', names: ['host', 'unicast'] };
};

const ofBridge = (name: string | undefined): Reading => valueOr(name, 'by which port of the bridge it goes');
const inDevice = ({ isAtPorts, inPort, inDevice: device }: Course): Reading =>
  isAtPorts ? ofBridge(inPort) : value(device);
const outDevice = ({ isAtPorts, outPort, outDevice: device }: Course): Reading =>
  isAtPorts ? ofBridge(outPort) : value(device);

type Reader = (course: Course, selector: Selector, hook: Hook) => Reading;
const unknown =
  (why: string): Reader =>
  () => ({ kind: 'open', why });

const READERS: Record<Field, Reader> = {
  'ip saddr': ofFamily('ipv4', source),
  'ip daddr': ofFamily('ipv4', destination),
  'ip protocol': ofFamily('ipv4', ({ packet }) => value(packet.protocol)),
  'ip version': ofFamily('ipv4', () => value(4)),
  'ip ttl': ofFamily('ipv4', timeToLive),
  'ip dscp': ofFamily('ipv4', unknown('its class of service is not known')),
  'ip length': ofFamily('ipv4', bytes),
  'ip frag-off': ofFamily('ipv4', fragment),
  'ip6 saddr': ofFamily('ipv6', source),
  'ip6 daddr': ofFamily('ipv6', destination),
  'ip6 nexthdr': ofFamily('ipv6', ({ packet }) => value(packet.protocol)),
  'ip6 hoplimit': ofFamily('ipv6', timeToLive),
  'ip6 dscp': ofFamily('ipv6', unknown('its class of service is not known')),
  'tcp sport': ofProtocol('tcp', sourcePort),
  'tcp dport': ofProtocol('tcp', destinationPort),
  'tcp flags': ofProtocol('tcp', ({ packet }) => valueOr(packet.tcpFlags, 'its TCP flags are not known')),
  'udp sport': ofProtocol('udp', sourcePort),
  'udp dport': ofProtocol('udp', destinationPort),
  'udp length': ofProtocol('udp', ({ packet }) =>
    valueOr(
      packet.bytes === undefined ? undefined : packet.bytes - (packet.family === 'ipv4' ? 20 : 40),
      'its size is not known',
    ),
  ),
  'sctp sport': ofProtocol('sctp', sourcePort),
  'sctp dport': ofProtocol('sctp', destinationPort),
  'th sport': anyPort(sourcePort),
  'th dport': anyPort(destinationPort),
  'icmp type': ofFamily('ipv4', ofProtocol('icmp', icmp('type'))),
  'icmp code': ofFamily('ipv4', ofProtocol('icmp', icmp('code'))),
  'icmpv6 type': ofFamily('ipv6', ofProtocol('ipv6-icmp', icmp('type'))),
  'icmpv6 code': ofFamily('ipv6', ofProtocol('ipv6-icmp', icmp('code'))),
  'rt type': () => ABSENT,
  'ether saddr': unknown('its hardware address is not known'),
  'ether daddr': unknown('its hardware address is not known'),
  'ether type': ({ packet }) => value(packet.family === 'ipv4' ? 'ip' : 'ip6'),
  'meta l4proto': ({ packet }) => value(packet.protocol),
  'meta nfproto': ({ packet }) => value(packet.family),
  'meta protocol': ({ packet }) => value(packet.family === 'ipv4' ? 'ip' : 'ip6'),
  'meta iif': inDevice,
  'meta oif': outDevice,
  'meta iifname': inDevice,
  'meta oifname': outDevice,
  'meta mark': ({ mark }) => value(mark),
  'meta pkttype': packetKind,
  'meta length': bytes,
  'meta skuid': ({ isOwn }) => (isOwn ? { kind: 'open', why: 'whose process sends it' } : ABSENT),
  'meta skgid': ({ isOwn }) => (isOwn ? { kind: 'open', why: 'whose process sends it' } : ABSENT),
  'meta cgroup': ({ isOwn }) => (isOwn ? { kind: 'open', why: 'whose process sends it' } : ABSENT),
  'meta hour': unknown('it depends on the time of day'),
  'meta day': unknown('it depends on the day'),
  'physdev in': ({ inPort }) => ofBridge(inPort),
  'physdev out': ({ outPort }) => ofBridge(outPort),
  'physdev is-bridged': ({ isBridged }) => value(isBridged),
  'physdev is-in': ({ inPort }) => value(inPort !== ''),
  'physdev is-out': ({ outPort }) => value(outPort !== ''),
  'ct state': states,
  'ct status': status,
  'ct direction': tracked((_, { direction }) => value(direction)),
  'ct mark': tracked(({ connectionMark, flow }) =>
    flow?.state === 'established' ? { kind: 'open', why: 'the mark of its connection' } : value(connectionMark),
  ),
  'ct zone': tracked(({ zone }) => value(zone)),
  'ct helper': () => ABSENT,
  'ct protocol': tracked(({ packet }) => value(packet.protocol)),
  'ct original saddr': end('original', 'source'),
  'ct original daddr': end('original', 'destination'),
  'ct original protocol': tracked(({ packet }) => value(packet.protocol)),
  'ct original proto-src': end('original', 'sourcePort'),
  'ct original proto-dst': end('original', 'destinationPort'),
  'ct reply saddr': end('reply', 'source'),
  'ct reply daddr': end('reply', 'destination'),
  'ct reply proto-src': end('reply', 'sourcePort'),
  'ct reply proto-dst': end('reply', 'destinationPort'),
  'fib saddr type': (course) => typeOf(course, course.packet.source),
  'fib saddr . oif type': (course) => typeOf(course, course.packet.source, course.outDevice),
  'fib daddr type': (course) => typeOf(course, course.packet.destination),
  'fib daddr . iif type': (course) => typeOf(course, course.packet.destination, course.inDevice),
  'fib saddr oif': (course) => wayBack(course, { byDevice: false, byMark: false }),
  'fib saddr . iif oif': (course) => wayBack(course, { byDevice: true, byMark: false }),
  'fib saddr . mark oif': (course) => wayBack(course, { byDevice: false, byMark: true }),
  'fib saddr . mark . iif oif': (course) => wayBack(course, { byDevice: true, byMark: true }),
  'numgen random': ({ choices }, { mod = 1 }) => value(choices.pick(mod, 'chance', 'a random number')),
  'numgen inc': ({ choices }, { mod = 1 }) => value(choices.pick(mod, 'chance', 'a number in turn')),
};

/** What a packet has in a field, after the selector's mask. */
export function readField(course: Course, selector: Selector, hook: Hook): Reading {
  const reading = READERS[selector.field](course, selector, hook);
  if (selector.mask !== undefined && reading.kind === 'within')
    return { kind: 'open', why: `bits of ${selector.field}` };
  if (selector.mask === undefined || reading.kind !== 'value') return reading;
  return typeof reading.value === 'number'
    ? value((reading.value & selector.mask) >>> 0)
    : { kind: 'open', why: `bits of ${selector.field}` };
}
