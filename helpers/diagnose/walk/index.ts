import { familyOf } from './address.ts';
import { everyWay, type Choices } from './choices.ts';
import { Course } from './course.ts';
import { lookUp, type FibAnswer, type Hop } from './fib.ts';
import { crossBridge } from './bridge.ts';
import { runDeviceHook, runHook } from './hooks.ts';
import { leave, tooBig } from './leave.ts';
import { NodeIndex } from './node-index.ts';
import type { End, Entry, NodeState, Packet, Path, Walk } from './packet.ts';
import { routeIn } from './route-in.ts';
import { addressOfDevice } from './translate.ts';
import type { NodeRoute } from '../../model/routing.ts';

/** @public */
export type { Entry, NodeState, Packet, Path, Walk } from './packet.ts';

/** Tunnels within tunnels: more than this is a loop. */
const MOST_WRAPS = 3;

/** Behind the route: what is left of its way out. */
function goOut(course: Course, route: NodeRoute, hop: Hop): End {
  course.nextHop = hop.gateway;
  course.outDevice = hop.device ?? '';
  const stopped = runHook(course, 'postrouting');
  if (stopped) return stopped;
  if (course.outDevice === 'lo') return loop(course);
  const left = leave(course, hop);
  if (!('wrapped' in left)) return left;
  if (course.inner.length >= MOST_WRAPS) return course.unknown('a tunnel within its own tunnel');
  course.wrap(left.wrapped);
  return sendOwn(course);
}

/** What the node sends to itself comes in again, routed and tracked as it is. */
function loop(course: Course): End {
  course.isLooped = true;
  course.inDevice = 'lo';
  course.outDevice = '';
  const first = { ...course.packet };
  const stopped = runHook(course, 'prerouting');
  if (stopped) return stopped;
  if (course.packet.destination !== first.destination) {
    const routed = routeIn(course);
    if (routed.kind === 'end') return routed.end;
    if (routed.kind === 'forward') return forward(course, routed.route, routed.hop);
  }
  return comeHome(course);
}

function comeHome(course: Course): End {
  const stopped = runHook(course, 'input');
  if (stopped) return stopped;
  course.note('delivery', 'to the node’s own sockets');
  return { kind: 'delivered', packet: course.packet, device: course.inDevice };
}

function forward(course: Course, route: NodeRoute, hop: Hop): End {
  const { packet } = course;
  if (packet.ttl !== undefined && packet.ttl <= 1) {
    const set = course.stages.findLast(({ at, line }) => at === 'time to live' && line)?.line;
    return course.stop(
      'expired',
      'time to live',
      set ?? { kind: 'nothing', where: 'kernel', text: `ttl ${packet.ttl}` },
    );
  }
  const big = tooBig(course, route, hop);
  if (big) return big;
  if (packet.ttl !== undefined) course.packet = { ...packet, ttl: packet.ttl - 1 };
  course.outDevice = hop.device ?? '';
  const stopped = runHook(course, 'forward');
  return stopped ?? goOut(course, route, hop);
}

function lookUpOwn(course: Course): FibAnswer {
  const { packet, mark, markedBy } = course;
  const { source, destination, protocol, sourcePort, destinationPort } = packet;
  return lookUp(
    course.index,
    { destination, source, mark, markedBy, inputDevice: 'lo', protocol, sourcePort, destinationPort },
    course.choices,
  );
}

/** The device of a route; what is for the node itself goes by the loopback. */
const outBy = ({ route, hop }: Extract<FibAnswer, { kind: 'route' }>): Hop =>
  route.type === 'local' ? { device: 'lo' } : hop;

/** The route of what a process sends; its source follows from that, and with TCP the route is then asked anew. */
function routeOwn(course: Course): FibAnswer {
  const answer = lookUpOwn(course);
  if (answer.kind !== 'route' || course.packet.source !== undefined) return answer;
  const source = sourceOf(course, answer.route, outBy(answer));
  if (source === undefined) course.miss('the address that it is sent from');
  course.packet = { ...course.packet, source };
  return course.packet.protocol === 'tcp' ? lookUpOwn(course) : answer;
}

const DEFAULT_TTL = 'net.ipv4.ip_default_ttl';

/** The time to live that the node gives to what it sends by IPv4. */
function giveTtl(course: Course): void {
  const { packet, index } = course;
  const ttl = index.sysctl(DEFAULT_TTL);
  if (packet.family !== 'ipv4' || packet.ttl !== undefined || ttl === undefined) return;
  course.packet = { ...packet, ttl };
  course.note('time to live', `${ttl}`, { kind: 'sysctl', where: 'sysctl', text: `${DEFAULT_TTL} = ${ttl}` });
}

/** What a process of the node sends. */
function sendOwn(course: Course): End {
  course.isOwn = true;
  giveTtl(course);
  const answer = routeOwn(course);
  if (answer.kind === 'unknown') return course.unknown(answer.why);
  if (answer.kind !== 'route') return course.stop(answer.kind, 'route', answer.line);
  let { route } = answer;
  let hop = outBy(answer);
  course.note('route', `out by ${hop.device}`, answer.line);
  const big = tooBig(course, route, hop);
  if (big) return big;
  course.outDevice = hop.device ?? '';
  let routedBy = keyOf(course);
  const stopped = runHook(course, 'output', (type) => {
    // Translation asks for the route anew, and so do chains of the type route, where a mark or an address has changed.
    if ((type !== 'route' && type !== 'nat') || keyOf(course) === routedBy) return undefined;
    if (type === 'nat' && keyOf(course).startsWith(routedBy.split(' ')[0] ?? '')) return undefined;
    const again = lookUpOwn(course);
    if (again.kind === 'unknown') return course.unknown(again.why);
    if (again.kind !== 'route') return course.stop(again.kind, 'route', again.line);
    ({ route } = again);
    hop = outBy(again);
    // Rules of this hook go on to see the device of before.
    routedBy = keyOf(course);
    course.note('route', `out by ${hop.device}, as it is now`, again.line);
    return undefined;
  });
  return stopped ?? goOut(course, route, hop);
}

/** What the route was asked with, the destination first. */
const keyOf = ({ packet, mark }: Course): string => `${packet.destination} ${packet.source} ${mark}`;

function sourceOf(course: Course, route: NodeRoute, hop: Hop): string | undefined {
  if (route.source !== undefined) return route.source;
  if (hop.device === 'lo') return course.packet.destination;
  return addressOfDevice(course, hop.device ?? '', hop.gateway ?? course.packet.destination);
}

/** What comes in by a device. */
function comeIn(course: Course, device: string): End {
  const { index } = course;
  const link = index.link(device);
  course.inDevice = device;
  if (link && !link.flags.includes('UP'))
    return course.stop('device-down', 'delivery', { kind: 'device', where: 'ip link', text: `${device} is down` });
  const first = runDeviceHook(course, 'ingress', device);
  if (first) return first;
  if (link?.master !== undefined && index.link(link.master)?.kind === 'bridge') {
    course.inPort = device;
    course.inDevice = link.master;
    course.note('bridge', `${device} is a port of ${link.master}`);
  }
  const stopped = index.link(course.inDevice)?.kind === 'bridge' ? crossBridge(course) : runHook(course, 'prerouting');
  if (stopped) return stopped;
  const routed = routeIn(course);
  if (routed.kind === 'end') return routed.end;
  return routed.kind === 'local' ? comeHome(course) : forward(course, routed.route, routed.hop);
}

/** A packet of which not even the family fits cannot be walked. */
function begin(index: NodeIndex, choices: Choices, packet: Packet, entry: Entry): Path {
  const course = new Course(index, choices, packet);
  if (familyOf(packet.destination) !== packet.family) return course.toPath(course.unknown('it has no address'));
  return course.toPath(entry.by === 'device' ? comeIn(course, entry.device) : sendOwn(course));
}

const endKey = ({ end, gaps }: Path): string => {
  const { kind, packet } = end;
  const { source, sourcePort, destination, destinationPort } = packet;
  const by = 'device' in end ? end.device : '';
  return JSON.stringify([kind, by, source, sourcePort, destination, destinationPort, gaps.length > 0]);
};

const endsOf = (paths: readonly Path[]): string => JSON.stringify([...new Set(paths.map(endKey))].toSorted());

/** Questions that are open, and whose answers lead to different ends. */
function openIn(paths: readonly Path[], depth = 0): string[] {
  const choice = paths[0]?.choices[depth];
  if (!choice) return [];
  const byAnswer = [...Map.groupBy(paths, ({ choices }) => choices[depth]?.taken).values()];
  const isDifferent = new Set(byAnswer.map(endsOf)).size > 1;
  return [
    ...(choice.kind === 'open' && isDifferent ? [choice.why] : []),
    ...byAnswer.flatMap((group) => openIn(group, depth + 1)),
  ];
}

function toWalk(paths: Path[], areAll: boolean): Walk {
  const open = [
    ...(areAll ? [] : ['there are more ways than are followed']),
    ...paths.flatMap(({ end }) => (end.kind === 'unknown' ? [end.why] : [])),
    ...paths.flatMap(({ gaps }) => gaps),
    ...openIn(paths),
  ];
  return { paths, isTold: open.length === 0, open: [...new Set(open)] };
}

/**
 * What a node does with a packet: every way that it may take, each with its stages and the line of the state that ended
 * it. Pure. What the state does not say, or the model does not know, parts the ways and is said in `open`; it is never
 * guessed. What happens by chance, as the choice of a Service's endpoint, parts the ways too, and leaves nothing open.
 *
 * @public
 */
export function walk(state: NodeState, packet: Packet, entry: Entry): Walk {
  return walkIn(new NodeIndex(state), packet, entry);
}

/** The same with a state that was made quick to look things up in. */
export function walkIn(index: NodeIndex, packet: Packet, entry: Entry): Walk {
  const { ways, areAll } = everyWay((choices) => begin(index, choices, packet, entry));
  return toWalk(ways, areAll);
}
