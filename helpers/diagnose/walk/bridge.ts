import { isIn } from './address.ts';
import { Choices } from './choices.ts';
import type { Course } from './course.ts';
import { lookUp } from './fib.ts';
import { runBridgeHook, runHook } from './hooks.ts';
import type { NodeIndex } from './node-index.ts';
import type { End, Line } from './packet.ts';

// What a bridge hands from one of its ports to another, without the node's own routes
// (net/bridge/br_netfilter_hooks.c).

/** Whether who is at a bridge takes an address for one beside him, and asks the bridge and not the node for it. */
const isBeside = ({ index, packet: { family, destination } }: Course, bridge: string): boolean =>
  index
    .addresses(bridge, family)
    .some(({ address, prefixLength }) => isIn(destination, `${address}/${prefixLength}`)) &&
  !isRoutedBy(index, destination, (type) => type === 'local');

/** Whether a node's routes lead an address to a device, or by a route of some kind. */
function isRoutedBy(index: NodeIndex, destination: string, isIt: (type: string, device?: string) => boolean): boolean {
  const answer = lookUp(index, { destination, mark: 0, inputDevice: 'lo' }, new Choices([]));
  return (
    answer.kind === 'route' && isIt(answer.route.type, answer.hop.gateway === undefined ? answer.hop.device : undefined)
  );
}

/** Whether it is for somebody at another port: by its address, or since a rule has just given it that. */
const staysOn = (course: Course, before: string): boolean => {
  const { index, packet, inDevice } = course;
  return packet.destination === before
    ? isBeside(course, inDevice)
    : isRoutedBy(index, packet.destination, (type, device) => type === 'unicast' && device === inDevice);
};

/** Whether rules of the node's IP stack see what its bridge hands on; undefined where that was not read. */
function isSeenByIp({ index, packet: { family }, inDevice }: Course): boolean | undefined {
  const [own, name] =
    family === 'ipv4'
      ? [index.link(inDevice)?.bridge?.nfCallIptables, 'net.bridge.bridge-nf-call-iptables']
      : [index.link(inDevice)?.bridge?.nfCallIp6tables, 'net.bridge.bridge-nf-call-ip6tables'];
  const all = index.sysctl(name);
  if (own === true || all === 1) return true;
  // Without the kernel's module there is no such setting.
  return index.state.sysctls === undefined ? undefined : false;
}

const portLine = (text: string): Line => ({ kind: 'device', where: 'bridge link', text });

/** Whether a bridge hands on between its ports: not where all are kept apart, and perhaps not where some are. */
function apart(course: Course, bridge: string): End | undefined {
  const ports = (course.index.state.links ?? []).filter(({ master }) => master === bridge);
  const isolated = ports.filter(({ bridgePort }) => bridgePort?.isolated);
  if (isolated.length < 2) return undefined;
  const line = portLine(`${isolated.length} of ${ports.length} ports of ${bridge} are isolated from each other`);
  const isOpen = isolated.length < ports.length && course.choices.isOpen('between which ports of the bridge it goes');
  return isOpen ? undefined : course.stop('device-down', 'bridge', line);
}

/** From one port of a bridge to another. */
function handOn(course: Course, isSeen: boolean): End {
  const { inDevice } = course;
  Object.assign(course, { isBridged: true, outDevice: inDevice, outPort: undefined });
  course.note('bridge', `stays on ${inDevice}`);
  const stopped =
    apart(course, inDevice) ??
    runBridgeHook(course, 'forward') ??
    (isSeen ? runHook(course, 'forward') : undefined) ??
    runBridgeHook(course, 'postrouting') ??
    (isSeen ? runHook(course, 'postrouting') : undefined);
  if (stopped) return stopped;
  course.note('delivery', `left by a port of ${inDevice}`);
  return { kind: 'left', packet: course.packet, device: inDevice, nextHop: course.packet.destination };
}

/** What came in by a port of a bridge: its end, where it has one there, or undefined where it goes up to the node. */
export function crossBridge(course: Course): End | undefined {
  // Of what a bridge itself gives it is not known by which port it came.
  if (course.inPort === '') course.inPort = undefined;
  const { destination } = course.packet;
  const isSeen = isSeenByIp(course);
  if (isSeen === undefined) course.miss('net.bridge.bridge-nf-call-iptables');
  // The kernel asks IP's rules before it knows whether the frame stays: a Service's endpoint may be at another port.
  const stopped = runBridgeHook(course, 'prerouting') ?? (isSeen === true ? runHook(course, 'prerouting') : undefined);
  if (stopped) return stopped;
  if (staysOn(course, destination)) return handOn(course, isSeen === true);
  return runBridgeHook(course, 'input') ?? (isSeen === true ? undefined : runHook(course, 'prerouting'));
}
