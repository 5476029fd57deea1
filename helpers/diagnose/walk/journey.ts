import { walkIn } from './index.ts';
import { answerTo } from './flow.ts';
import type { NodeIndex } from './node-index.ts';
import type { Entry, Line, Packet, Path, Stop, Walk } from './packet.ts';
import { apartBy, asksForConnection, different, learnt, limitedBy, suspectLines, type Known } from './ways.ts';
import { HALF_TRACKED, halfTracked } from './half-tracked.ts';
import { deviceTo, isUnanswerable, strayRoute, wrongNeighbour } from './stray.ts';

/** Nodes whose state is known, and who has an address. */
export interface Country {
  index: (node: string) => NodeIndex | undefined;
  /** The node that has an address, or a pod's. */
  nodeOf: (address: string) => string | undefined;
  /** The address by which nodes reach a node. */
  addressOf: (node: string) => string | undefined;
  /** Whether it is a Service's, which no packet has when it leaves a node. */
  isService: (address: string) => boolean;
  /** Whether it is a pod's own, and no node's. */
  isPod: (address: string) => boolean;
}

/** A line that gave a packet another destination or source on its way, and which. */
export interface Rewriting {
  node: string;
  side: 'destination' | 'source';
  line: Line;
  to: string;
}

/**
 * A line at which a way ends; `untracked` keeps packets from the connection that they belong to, `untranslated` from
 * the addresses that another rule would give them.
 */
export interface StopAt {
  node: string;
  stop: Stop | 'untracked' | 'untranslated';
  line: Line;
  on: 'way' | 'answer';
}

/** How one way of a packet and its answer over all nodes ends, and who gave it another address before. */
export type Journey = Outcome & {
  rewritings?: readonly Rewriting[];
  /** Rules by which others were passed over on its way, or its mark was changed. */
  sways?: readonly { node: string; line: Line }[];
};

type Outcome =
  | ({ kind: 'stopped' } & StopAt)
  /** Handed to somebody who is not on the way to its destination. */
  | { kind: 'astray'; node: string; line: Line; to: string; on: 'way' | 'answer' }
  | { kind: 'arrived' }
  /**
   * `lost`: the address to which the answer went, which is not the sender's. `suspects`: lines that would stop it, of
   * which it is not known whether they hold for it. `untranslated`: it left, or the answer came back, under an address
   * that no packet should have there.
   */
  | { kind: 'open'; why: string; lost?: string; untranslated?: true; suspects?: readonly StopAt[] };

interface Leg {
  node: string;
  entry: Entry;
  packet: Packet;
  on: 'way' | 'answer';
  known: Known;
  hops: number;
  asked: { node: string; source?: string; destination: string; port?: number };
  /** The line that kept the flow apart from others on its way, or only its answer. */
  apart?: { node: string; line: Line; on: 'way' | 'answer' };
  /** The line that gave it its time to live. */
  limited?: { node: string; line: Line };
}

/** More nodes than these are a loop. */
const MOST_HOPS = 6;
const SIDES = ['destination', 'source'] as const;
const open = (why: string): Journey[] => [{ kind: 'open', why }];
/** What these carry, and to whom, is not in what was read. */
const UNREAD_TUNNELS = new Set(['ipip', 'wireguard', 'tun']);

/** The answer is back: at whoever asked, and from whom was asked. */
function comeBack(leg: Leg, packet: Packet): Journey[] {
  const { node, asked, apart, on } = leg;
  const { source, sourcePort, destination } = packet;
  const isHome = asked.source === undefined ? node === asked.node : destination === asked.source;
  const isFromAsked =
    source === asked.destination && (sourcePort === undefined || asked.port === undefined || sourcePort === asked.port);
  const suspects = halfTracked(leg, packet);
  if (isHome && isFromAsked)
    return suspects.length > 0 ? [{ kind: 'open', why: HALF_TRACKED, suspects }] : [{ kind: 'arrived' }];
  if (apart) return [{ kind: 'stopped', node: apart.node, stop: 'untracked', line: apart.line, on }];
  return isHome
    ? [{ kind: 'open', why: `the answer comes from ${source}`, untranslated: true }]
    : [{ kind: 'open', why: `the answer goes to ${destination}`, lost: destination }];
}

/** It is where it was to go: the way is behind it, and the answer before it. */
function arrive(country: Country, leg: Leg, packet: Packet, isPod: boolean): Journey[] {
  const { node, on, hops } = leg;
  if (on === 'answer') return comeBack(leg, packet);
  const index = country.index(node);
  const device = index && deviceTo(index, packet.destination);
  if (!index || device === undefined) return open(`the way back from ${packet.destination}`);
  const entry: Entry = isPod ? { by: 'device', device } : { by: 'process' };
  return go(country, { ...leg, entry, packet: answerTo(packet), on: 'answer', hops: hops + 1 });
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
  const walk = walkIn(index, outer, { by: 'device', device });
  const [path] = walk.paths;
  if (!path || !walk.isTold || walk.paths.length > 1) return notTold(node, leg.on, walk);
  if (path.end.kind === 'delivered')
    return go(country, {
      ...leg,
      node,
      entry: { by: 'device', device: tunnel.name },
      packet: inner,
      hops: leg.hops + 1,
    });
  return path.end.kind !== 'left' && path.end.kind !== 'unknown'
    ? [{ kind: 'stopped', node, stop: path.end.kind, line: path.end.line, on: leg.on }]
    : open(`the outer packet at ${node}`);
}

/** What gave it another address: none but the network's own programs do so by right. */
const rewritingsOf = ({ node, on }: Leg, { stages }: Path): Rewriting[] =>
  on === 'answer'
    ? []
    : stages.flatMap(({ at, what, line }) =>
        SIDES.flatMap((side) =>
          at === 'translation' && line && what.startsWith(`${side} `)
            ? [{ node, side, line, to: what.slice(side.length + 1) }]
            : [],
        ),
      );

function follow(country: Country, leg: Leg, path: Path): Journey[] {
  const own = rewritingsOf(leg, path);
  const sways = leg.on === 'answer' ? [] : path.sways.map((line) => ({ node: leg.node, line }));
  const lost = isUnanswerable(country, leg, path) && { untranslated: true as const };
  const onwards = followOn(country, leg, path).map((each) => (each.kind === 'open' ? { ...each, ...lost } : each));
  return own.length + sways.length === 0
    ? onwards
    : onwards.map((each) => ({
        ...each,
        rewritings: [...own, ...(each.rewritings ?? [])],
        sways: [...sways, ...(each.sways ?? [])],
      }));
}

function followOn(country: Country, before: Leg, path: Path): Journey[] {
  const { end } = path;
  const { node, on } = before;
  const line = apartBy(path);
  const limit = limitedBy(path);
  const leg = {
    ...before,
    known: learnt(before.known, node, path),
    apart: before.apart ?? (line && { node, line, on }),
    limited: limit ? { node, line: limit } : before.limited,
  };
  if (end.kind === 'expired' && end.line.kind === 'nothing' && leg.limited)
    return [{ kind: 'stopped', stop: 'expired', ...leg.limited, on }];
  if (end.kind === 'unknown') return open(end.why);
  // What a node asks under an address that it has, whoever else has it too, is answered to it.
  const isBack = on === 'answer' && node === leg.asked.node && leg.asked.source === undefined;
  const stray = isBack && end.kind === 'delivered' ? undefined : strayRoute(country, node, path);
  if (stray) return [{ kind: 'astray', node, ...stray, on }];
  const neighbour = wrongNeighbour(country, node, path);
  if (neighbour) return [{ kind: 'stopped', node, stop: 'no-neighbour', line: neighbour, on }];
  if (end.kind === 'delivered') return arrive(country, leg, end.packet, false);
  if (end.kind !== 'left')
    return leg.apart && asksForConnection(end.line)
      ? [{ kind: 'stopped', ...leg.apart, stop: 'untracked', on }]
      : [{ kind: 'stopped', node, stop: end.kind, line: end.line, on }];
  const [inner] = path.inner;
  if (inner) return unwrap(country, leg, end.packet, inner);
  const kind = country.index(node)?.link(end.device)?.kind ?? '';
  if (UNREAD_TUNNELS.has(kind)) return open(`where ${end.device} leads`);
  const { destination, source = '' } = end.packet;
  const owner = country.nodeOf(destination);
  if (owner === node || (on === 'answer' && destination === leg.asked.source))
    return arrive(country, leg, end.packet, true);
  if (owner === undefined) {
    if (leg.apart && on === 'way' && country.isService(destination))
      return [{ kind: 'stopped', ...leg.apart, stop: 'untracked', on }];
    const isUntranslated = on === 'way' && (country.isService(destination) || country.isPod(source));
    return [
      {
        kind: 'open',
        why: `where ${destination} is`,
        ...(on === 'answer' && { lost: destination }),
        ...(isUntranslated && { untranslated: true }),
      },
    ];
  }
  const index = country.index(owner);
  const device = index && deviceTo(index, source);
  if (device === undefined) return open(`${owner} was not read`);
  return go(country, {
    ...leg,
    node: owner,
    entry: { by: 'device', device },
    packet: end.packet,
    hops: leg.hops + 1,
  });
}

/** What is left open, with the lines that would stop it. */
const notTold = (node: string, on: Leg['on'], walk: Walk): Journey[] => [
  { kind: 'open', why: walk.open.join('; '), suspects: suspectLines(walk).map((line) => ({ ...line, node, on })) },
];

function go(country: Country, leg: Leg): Journey[] {
  if (leg.hops > MOST_HOPS) return open('it goes in circles');
  const index = country.index(leg.node);
  if (!index) return open(`${leg.node} was not read`);
  const known = index.knowing(leg.on === 'answer' ? (leg.known.get(leg.node) ?? []) : []);
  const walk = walkIn(known, leg.packet, leg.entry);
  return walk.isTold
    ? different(walk.paths).flatMap((path) => follow(country, leg, path))
    : notTold(leg.node, leg.on, walk);
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
  const asked = { node, source: packet.source, destination: packet.destination, port: packet.destinationPort };
  return go(country, { node, entry, packet, on: 'way', known: new Map(), hops: 0, asked });
}
