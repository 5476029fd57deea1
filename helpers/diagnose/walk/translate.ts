import type { NodeAddress } from '../../model/routing.ts';
import type { Hook, NatTarget, Part, Verdict } from '../../model/firewall.ts';
import { addressesBetween, isIn } from './address.ts';
import { elementOf } from './compare.ts';
import type { Course } from './course.ts';
import { readAll, type RuleContext } from './match.ts';
import type { End, Line, Packet } from './packet.ts';

type Translation = Extract<Verdict, { kind: 'dnat' | 'snat' | 'masquerade' | 'redirect' }>;

/** A range of more addresses is not gone through one by one. */
const MOST_ADDRESSES = 16;

/** The port that the kernel gives: one that is free stays, if it is allowed; undefined where it is any of several. */
function portOf({ port, random }: { port?: Part; random?: true }, own: number | undefined): number | undefined {
  if (typeof port === 'object') {
    const [from, to] = [Number(port.from), Number(port.to)];
    if (from === to) return from;
    return !random && own !== undefined && from <= own && own <= to ? own : undefined;
  }
  if (port !== undefined) return Number(port);
  return random ? undefined : own;
}

/** One address of a part; undefined where there are too many to tell. */
function addressOf(course: Course, part: Part): string | undefined {
  if (typeof part !== 'object') return String(part).includes('/') ? undefined : String(part);
  const all = addressesBetween(String(part.from), String(part.to), MOST_ADDRESSES);
  return all?.[course.choices.pick(all.length, 'chance', 'an address of a range')];
}

/** The address that a device gives to what it sends, as the kernel's inet_select_addr chooses it. */
export function addressOfDevice(course: Course, device: string, nextHop: string | undefined): string | undefined {
  const { family } = course.packet;
  const usable = course.index
    .addresses(device, family)
    .filter(({ scope }) => (family === 'ipv4' ? scope === 'global' || scope === 'site' : scope === 'global'));
  const near = nextHop === undefined ? undefined : usable.find((each) => isIn(nextHop, networkOf(each)) === true);
  return (near ?? usable[0] ?? firstOf(course))?.address;
}

/** Where a device has none, the kernel takes the first one of any device. */
const firstOf = ({ index, packet: { family } }: Course): NodeAddress | undefined =>
  (index.state.addresses ?? []).find((each) => each.family === family && each.scope === 'global');

const networkOf = ({ address, peer, prefixLength }: { address: string; peer?: string; prefixLength: number }): string =>
  `${peer ?? address}/${prefixLength}`;

/** From which ports the kernel chooses one at random for what comes from one of these or above. */
const RANDOM_PORTS = { from: 1024, to: 65_535 };

/** Of which ports the one is that a translation leaves open. */
function anyPorts(packet: Packet, { random, port }: { random?: true; port?: Part }): Packet['anyPorts'] {
  if (port !== undefined) return undefined;
  return random && packet.anyPorts ? RANDOM_PORTS : packet.anyPorts;
}

/** Gives the packet another destination or source. */
export function rewrite(
  course: Course,
  side: 'destination' | 'source',
  address: string | undefined,
  port: number | undefined,
): void {
  const { packet, flow } = course;
  course.packet =
    side === 'destination'
      ? { ...packet, destination: address ?? packet.destination, destinationPort: port }
      : { ...packet, source: address ?? packet.source, sourcePort: port };
  if (!flow || flow.direction === 'reply' || flow.state !== 'new') return;
  flow.reply =
    side === 'destination'
      ? { ...flow.reply, source: course.packet.destination, sourcePort: port }
      : { ...flow.reply, destination: course.packet.source ?? '', destinationPort: port };
}

const words = (address: string | undefined, port: number | undefined): string =>
  `${address ?? ''}${port === undefined ? '' : `:${port}`}`;

/** The target that a map gives for this packet. */
function lookedUp(course: Course, { rule, ruleset, hook }: RuleContext, to: NatTarget): NatTarget | { open: string } {
  const { map } = to;
  if (!map) return to.lookup === undefined ? to : { open: `where it is translated to is looked up: ${to.lookup}` };
  const named = map.set === undefined ? undefined : course.index.set(ruleset, rule, map.set);
  const set = named ?? (map.entries ? { elements: map.entries } : undefined);
  if (!set) return { open: `the map ${map.set} was not read` };
  const readings = readAll(course, map.of, hook);
  const found = Array.isArray(readings) ? elementOf(set, map.of, readings) : 'open';
  if (found === 'open' || found?.data === undefined) return { open: `where it is translated to: ${rule.text}` };
  const [address, port] = Array.isArray(found.data) ? found.data : [found.data];
  return { address, port, random: to.random };
}

/** What a rule of translation makes of the first packet of a flow; an end where that is the packet's. */
export function translate(course: Course, verdict: Translation, context: RuleContext, line: Line): End | undefined {
  const { hook } = context;
  const { packet } = course;
  if ('to' in verdict) {
    const to = lookedUp(course, context, verdict.to);
    if ('open' in to) return course.unknown(to.open);
    const address = to.address === undefined ? undefined : addressOf(course, to.address);
    if (to.address !== undefined && address === undefined) return course.unknown(`to which address: ${line.text}`);
    const side = verdict.kind === 'dnat' ? 'destination' : 'source';
    rewrite(course, side, address, portOf(to, side === 'destination' ? packet.destinationPort : packet.sourcePort));
    if (side === 'source') course.packet = { ...course.packet, anyPorts: anyPorts(packet, to) };
  } else if (verdict.kind === 'redirect') {
    const address = ownAddress(course, hook);
    if (address === undefined)
      return course.stop('dropped', hook, { ...line, text: `${line.text} (${course.inDevice} has no address)` });
    rewrite(course, 'destination', address, portOf(verdict, packet.destinationPort));
  } else {
    const address = addressOfDevice(course, course.outDevice, course.nextHop ?? packet.destination);
    if (address === undefined)
      return course.stop('dropped', hook, { ...line, text: `${line.text} (${course.outDevice} has no address)` });
    rewrite(course, 'source', address, portOf(verdict, packet.sourcePort));
    course.packet = { ...course.packet, anyPorts: anyPorts(packet, verdict) };
  }
  const { source, sourcePort, destination, destinationPort } = course.packet;
  course.note(
    'translation',
    verdict.kind === 'dnat' || verdict.kind === 'redirect'
      ? `destination ${words(destination, destinationPort)}`
      : `source ${words(source, sourcePort)}`,
    line,
  );
  markSet(course, hook);
  return undefined;
}

/** Where a redirected packet goes: to the loopback if the node sends it, else to the device that it came by. */
function ownAddress({ packet: { family }, index, inDevice }: Course, hook: Hook): string | undefined {
  if (hook === 'output') return family === 'ipv4' ? '127.0.0.1' : '::1';
  return index.addresses(inDevice, family)[0]?.address;
}

/** Rules of translation are asked once for each end. */
export function markSet({ flow }: Course, hook: Hook): void {
  if (!flow) return;
  if (hook === 'prerouting' || hook === 'output') flow.isDestinationSet = true;
  else flow.isSourceSet = true;
}
