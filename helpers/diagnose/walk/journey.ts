import type { Connection } from '../../model/facts/ssh.ts';
import { Choices } from './choices.ts';
import { lookUp } from './fib.ts';
import { walkIn } from './index.ts';
import type { NodeIndex } from './node-index.ts';
import type { End, Entry, Line, Packet, Path } from './packet.ts';

/** Nodes whose state is known, and which node has an address or a pod's. */
export interface Country {
  index: (node: string) => NodeIndex | undefined;
  nodeOf: (address: string) => string | undefined;
}

/** A line that gave a packet another destination on its way, and which. */
export interface Rewriting {
  node: string;
  line: Line;
  to: string;
}

/** How one way of a packet and its answer over all nodes ends, and who gave it another destination before. */
export type Journey = Outcome & { rewritings?: readonly Rewriting[] };

type Outcome =
  | {
      kind: 'stopped';
      node: string;
      stop: Exclude<End['kind'], 'delivered' | 'left' | 'unknown'>;
      line: Line;
      on: 'way' | 'answer';
    }
  /** Handed to somebody who is not on the way to its destination. */
  | { kind: 'astray'; node: string; line: Line; to: string; on: 'way' | 'answer' }
  | { kind: 'arrived' }
  | { kind: 'open'; why: string };

/** What nodes have come to know of the flow on its way. */
type Known = ReadonlyMap<string, readonly Connection[]>;

interface Leg {
  node: string;
  entry: Entry;
  packet: Packet;
  on: 'way' | 'answer';
  known: Known;
  /** Nodes so far: more than this is a loop. */
  hops: number;
}

const MOST_HOPS = 6;
const SYN_ACK = 18;
/** How a stage says it. */
const DESTINATION = 'destination ';
const open = (why: string): Journey[] => [{ kind: 'open', why }];

/** The device by which a node reaches an address, and so the one by which packets from there come in. */
function deviceTo(index: NodeIndex, destination: string): string | undefined {
  const answer = lookUp(index, { destination, mark: 0, inputDevice: 'lo' }, new Choices([]));
  return answer.kind === 'route' ? answer.hop.device : undefined;
}

const learnt = (known: Known, node: string, { connection }: Path): Known =>
  connection ? new Map([...known, [node, [...(known.get(node) ?? []), connection]]]) : known;

/** An answer to what has arrived. */
const answerTo = ({ source = '', sourcePort, destination, destinationPort, tcpFlags, ...same }: Packet): Packet => ({
  ...same,
  source: destination,
  sourcePort: destinationPort,
  destination: source,
  destinationPort: sourcePort,
  mark: undefined,
  ...(tcpFlags !== undefined && { tcpFlags: SYN_ACK }),
});

/** It is where it was to go: the way is behind it, and the answer before it. */
function arrive(country: Country, { node, on, known, hops }: Leg, packet: Packet, isPod: boolean): Journey[] {
  if (on === 'answer') return [{ kind: 'arrived' }];
  const index = country.index(node);
  const device = index && deviceTo(index, packet.destination);
  if (!index || device === undefined) return open(`the way back from ${packet.destination}`);
  const entry: Entry = isPod ? { by: 'device', device } : { by: 'process' };
  return go(country, { node, entry, packet: answerTo(packet), on: 'answer', known, hops: hops + 1 });
}

/** What a tunnel has wrapped comes out of the other node's tunnel, if the outer packet gets there. */
function unwrap(country: Country, leg: Leg, outer: Packet, inner: Packet): Journey[] {
  const node = country.nodeOf(outer.destination);
  const index = node === undefined ? undefined : country.index(node);
  if (node === undefined || !index) return open(`the node that has ${outer.destination} was not read`);
  const device = deviceTo(index, outer.source ?? '');
  const tunnel = index.state.links?.find(
    ({ kind, vxlan }) => kind === 'vxlan' && vxlan?.port === outer.destinationPort,
  );
  if (device === undefined || !tunnel) return open(`the tunnel of ${node}`);
  const { paths, isTold, open: why } = walkIn(index, outer, { by: 'device', device });
  const [path] = paths;
  if (!path || !isTold || paths.length > 1) return open(why.join('; '));
  if (path.end.kind === 'delivered')
    return go(country, {
      ...leg,
      node,
      entry: { by: 'device', device: tunnel.name },
      packet: inner,
      hops: leg.hops + 1,
    });
  return 'line' in path.end
    ? [{ kind: 'stopped', node, stop: path.end.kind, line: path.end.line, on: leg.on }]
    : open(`the outer packet at ${node}`);
}

/** What gave it another destination: none but the network's own programs do so by right. */
const rewritingsOf = ({ node, on }: Leg, { stages }: Path): Rewriting[] =>
  on === 'answer'
    ? []
    : stages.flatMap(({ at, what, line }) =>
        at === 'translation' && line && what.startsWith(DESTINATION)
          ? [{ node, line, to: what.slice(DESTINATION.length) }]
          : [],
      );

function follow(country: Country, leg: Leg, path: Path): Journey[] {
  const own = rewritingsOf(leg, path);
  const onwards = followOn(country, leg, path);
  return own.length === 0
    ? onwards
    : onwards.map((each) => ({ ...each, rewritings: [...own, ...(each.rewritings ?? [])] }));
}

/** The route by which a packet left for somebody other than the node that it is for, if it is one of this node's. */
function strayRoute(country: Country, leg: Leg, { stages, end }: Path): Journey[] | undefined {
  const line = stages.findLast(({ at, line: of }) => at === 'route' && of?.kind === 'route')?.line;
  if (end.kind !== 'left' || !line || end.nextHop === undefined) return undefined;
  const { destination } = end.packet;
  const owner = country.nodeOf(destination);
  if (owner === undefined || owner === leg.node) return undefined;
  const link = country.index(leg.node)?.link(end.device);
  if (link?.kind === 'dummy') return [{ kind: 'astray', node: leg.node, line, to: end.device, on: leg.on }];
  // On the link itself its owner is asked for it; a gateway that no node is leads to where nothing was read.
  if (end.nextHop === destination || country.nodeOf(end.nextHop) === owner) return undefined;
  return [{ kind: 'astray', node: leg.node, line, to: end.nextHop, on: leg.on }];
}

function followOn(country: Country, leg: Leg, path: Path): Journey[] {
  const { end } = path;
  const known = learnt(leg.known, leg.node, path);
  const next = { ...leg, known };
  if (end.kind === 'unknown') return open(end.why);
  if (end.kind === 'delivered') return arrive(country, next, end.packet, false);
  if (end.kind !== 'left') return [{ kind: 'stopped', node: leg.node, stop: end.kind, line: end.line, on: leg.on }];
  const [inner] = path.inner;
  if (inner) return unwrap(country, next, end.packet, inner);
  // A bridge hands on by itself what stays on it, which is not walked.
  if (leg.entry.by === 'device' && end.device === leg.entry.device) return open(`what ${end.device} does by itself`);
  const stray = strayRoute(country, leg, path);
  if (stray) return stray;
  const node = country.nodeOf(end.packet.destination);
  if (node === undefined) return open(`where ${end.packet.destination} is`);
  if (node === leg.node) return arrive(country, next, end.packet, true);
  const index = country.index(node);
  const device = index && deviceTo(index, end.packet.source ?? '');
  if (device === undefined) return open(`${node} was not read`);
  return go(country, { ...next, node, entry: { by: 'device', device }, packet: end.packet, hops: leg.hops + 1 });
}

function go(country: Country, leg: Leg): Journey[] {
  if (leg.hops > MOST_HOPS) return open('it goes in circles');
  const index = country.index(leg.node);
  if (!index) return open(`${leg.node} was not read`);
  const {
    paths,
    isTold,
    open: why,
  } = walkIn(index.knowing(leg.on === 'answer' ? (leg.known.get(leg.node) ?? []) : []), leg.packet, leg.entry);
  if (!isTold) return open(why.join('; '));
  return paths.flatMap((path) => follow(country, leg, path));
}

/**
 * A packet from a node, or from a pod on it, to its destination over all nodes that it crosses, and its answer back:
 * one journey for each way that chance allows. Where a node was not read, or its state leaves something open, that is
 * said.
 */
export function journeys(country: Country, packet: Packet, from: { node: string; isPod: boolean }): Journey[] {
  const { node, isPod } = from;
  const index = country.index(node);
  if (!index) return open(`${node} was not read`);
  const device = deviceTo(index, packet.source ?? '');
  if (isPod && device === undefined) return open(`the device of ${packet.source}`);
  const entry: Entry = isPod ? { by: 'device', device: device ?? '' } : { by: 'process' };
  return go(country, { node, entry, packet, on: 'way', known: new Map(), hops: 0 });
}
