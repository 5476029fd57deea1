import { addressType, lookUp, type FibAnswer, type FibQuery, type Hop } from './fib.ts';
import type { Course } from './course.ts';
import type { End, Line } from './packet.ts';
import type { NodeRoute } from '../../model/routing.ts';

// What the kernel asks of a packet that comes in before it lets it on (net/ipv4/route.c, fib_frontend.c).

const sysctlLine = (name: string, value: number): Line => ({
  kind: 'sysctl',
  where: 'sysctl',
  text: `${name} = ${value}`,
});

/** A setting of all devices and of one, as the kernel puts them together; undefined where one was not read. */
function setting(course: Course, leaf: string, how: 'greater' | 'own'): { value: number; line: Line } | undefined {
  const { index, inDevice } = course;
  const own = index.deviceSysctl(inDevice, leaf);
  const all = how === 'own' ? 0 : index.deviceSysctl('all', leaf);
  if (own === undefined || all === undefined) return undefined;
  const value = Math.max(own, all);
  return { value, line: sysctlLine(`net.ipv4.conf.${all > own ? 'all' : inDevice}.${leaf}`, value) };
}

const isLoopback = (address: string): boolean => address.startsWith('127.');
const isZeroNet = (address: string): boolean => address.startsWith('0.');

/** Addresses that must not come in by a cable. */
function martian(course: Course): End | undefined {
  const { packet, inDevice, index } = course;
  const { source, destination } = packet;
  const stop = (why: string, line?: Line) =>
    course.stop('martian', 'martian', line ?? { kind: 'nothing', where: 'kernel', text: why });
  if (source !== undefined && (isZeroNet(source) || addressType(index, source) === 'multicast'))
    return stop(`the source ${source} is none that a packet may have`);
  if (isZeroNet(destination)) return stop(`the destination ${destination} is none that a packet may have`);
  if (inDevice === 'lo' || ![source ?? '', destination].some(isLoopback)) return undefined;
  const allowed = setting(course, 'route_localnet', 'greater');
  if (!allowed) {
    course.miss(`net.ipv4.conf.${inDevice}.route_localnet`);
    return undefined;
  }
  return allowed.value === 0 ? stop('', allowed.line) : undefined;
}

/**
 * Protocol and ports of what comes in, as the kernel gives them to its look-ups: not at all, unless a routing rule that
 * is not for the loopback asks for them (fib_rule_requires_fldissect).
 */
function dissected({ index, packet }: Course): Pick<FibQuery, 'protocol' | 'sourcePort' | 'destinationPort'> {
  const { protocol, sourcePort, destinationPort } = packet;
  const isAsked = index
    .rules(packet.family)
    .some((rule) => rule.inputDevice !== 'lo' && (rule.protocol ?? rule.sourcePorts ?? rule.destinationPorts));
  return isAsked ? { protocol, sourcePort, destinationPort } : { protocol: '', sourcePort: 0, destinationPort: 0 };
}

function queryOf(course: Course): FibQuery {
  const { packet, mark, markedBy, inDevice } = course;
  const { source, destination } = packet;
  return { destination, source, mark, markedBy, inputDevice: inDevice, ...dissected(course) };
}

const usesDevice = ({ nextHops }: NodeRoute, device: string): boolean => nextHops.some((hop) => hop.device === device);

/** The way back to a source, as if the answer came in where the packet goes out (fib_validate_source). */
function wayBack(course: Course, outDevice: string): FibAnswer {
  const { packet, mark } = course;
  const byMark = setting(course, 'src_valid_mark', 'greater');
  const { protocol, sourcePort, destinationPort } = dissected(course);
  return lookUp(
    course.index,
    {
      destination: packet.source ?? '',
      source: packet.destination,
      mark: byMark?.value === 1 ? mark : 0,
      inputDevice: outDevice,
      protocol,
      sourcePort: destinationPort,
      destinationPort: sourcePort,
    },
    course.choices,
  );
}

const hasOwnRules = ({ index }: Course): boolean =>
  index.rules('ipv4').length > 3 ||
  (index.state.routes ?? []).some(
    ({ family, table, type, protocol }) =>
      family === 'ipv4' && table === 'local' && type === 'local' && protocol !== undefined && protocol !== 'kernel',
  );

/** Whether a source may come in by its device; undefined where the kernel lets it. */
function reversePath(course: Course, outDevice: string): End | undefined {
  const { packet, inDevice, index } = course;
  if (packet.source === undefined) return undefined;
  const filter = setting(course, 'rp_filter', 'greater');
  const acceptLocal = setting(course, 'accept_local', 'greater');
  if (!filter || !acceptLocal) {
    course.miss(`net.ipv4.conf.${inDevice}.rp_filter`);
    return undefined;
  }
  const isLocal = addressType(index, packet.source) === 'local';
  const asLocal = (): End =>
    course.stop('martian', 'reverse path', {
      kind: 'nothing',
      where: 'kernel',
      text: `the source ${packet.source} is the node’s own`,
    });
  if (filter.value === 0 && !hasOwnRules(course)) return isLocal && acceptLocal.value === 0 ? asLocal() : undefined;
  const drop = (): End | undefined =>
    filter.value > 0 ? course.stop('reverse-path', 'reverse path', filter.line) : undefined;
  const answer = wayBack(course, outDevice);
  if (answer.kind === 'unknown') return course.unknown(answer.why);
  if (answer.kind !== 'route') return drop();
  if (answer.route.type === 'local') {
    if (acceptLocal.value === 0) return asLocal();
  } else if (answer.route.type !== 'unicast') return asLocal();
  if (usesDevice(answer.route, inDevice)) return undefined;
  if (index.addresses(inDevice, 'ipv4').length === 0 || filter.value === 1) return drop();
  return undefined;
}

export type RoutedIn = { kind: 'local' } | { kind: 'forward'; route: NodeRoute; hop: Hop } | { kind: 'end'; end: End };

/** Where a packet that came in goes: to the node itself, on to another, or nowhere. */
export function routeIn(course: Course): RoutedIn {
  const { packet, inDevice } = course;
  const ended = (end: End): RoutedIn => ({ kind: 'end', end });
  const isV4 = packet.family === 'ipv4';
  const wrong = isV4 && inDevice !== 'lo' ? martian(course) : undefined;
  if (wrong) return ended(wrong);
  const answer = lookUp(course.index, queryOf(course), course.choices);
  if (answer.kind === 'unknown') return ended(course.unknown(answer.why));
  const isForMe = answer.kind === 'route' && ['local', 'broadcast', 'anycast'].includes(answer.route.type);
  if (!isForMe) {
    const stopped = notForwarding(course);
    if (stopped) return ended(stopped);
  }
  if (answer.kind !== 'route') return ended(course.stop(answer.kind, 'route', answer.line));
  const reverse =
    isV4 && inDevice !== 'lo' ? reversePath(course, isForMe ? 'lo' : (answer.hop.device ?? 'lo')) : undefined;
  if (reverse) return ended(reverse);
  course.note('route', isForMe ? 'to the node itself' : `on by ${answer.hop.device}`, answer.line);
  return isForMe ? { kind: 'local' } : { kind: 'forward', route: answer.route, hop: answer.hop };
}

function notForwarding(course: Course): End | undefined {
  const { inDevice, index, packet } = course;
  const name =
    packet.family === 'ipv4'
      ? `net.ipv4.conf.${inDevice.replaceAll('.', '/')}.forwarding`
      : 'net.ipv6.conf.all.forwarding';
  const value = index.sysctl(name) ?? (packet.family === 'ipv4' ? index.sysctl('net.ipv4.ip_forward') : undefined);
  if (value === undefined) {
    course.miss(name);
    return undefined;
  }
  return value === 0 ? course.stop('not-forwarded', 'forwarding', sysctlLine(name, 0)) : undefined;
}
