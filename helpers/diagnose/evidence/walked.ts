import type { ProbeObservation } from '../../model/observation.ts';
import { inRange } from './ranges.ts';
import { networkFailures } from './support.ts';
import type { View } from '../view/view.ts';
import { journeys, type Country, type Journey } from '../walk/journey.ts';
import { OF_THE_CLUSTER, ownerOf } from '../walk/owner.ts';
import type { Line, Packet } from '../walk/packet.ts';

/** What a line does to packets that must pass. */
export type Effect = Extract<Journey, { kind: 'stopped' }>['stop'] | 'rewritten' | 'astray';

/** The line at which a way ends, or leaves the one that leads where it should. */
interface Turn {
  node: string;
  stop: Effect;
  line: Line;
  on: 'way' | 'answer';
  /** Where it goes instead. */
  to?: string;
}

/** A line of a node's state that stops what failed, and nothing that passes. */
export interface StoppingLine {
  node: string;
  stopped: Turn;
  failed: ProbeObservation[];
  /** All that failed and of which at least some packets end there. */
  touched: ProbeObservation[];
  /** Probes that pass, and that the walk leads past the line to where they go. */
  passing: number;
  cited: string[];
}

/** So many different packets are walked at most, of those that failed and of those that passed: a second's work. */
const MOST_FAILED = 60;
const MOST_PASSED = 120;
const SYN = 2;
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

function packetOf(probe: ProbeObservation, view: View): Packet | undefined {
  const { kind, asked } = probe;
  const { ip, port } = targetOf(probe, view);
  const source = originOf(probe, view)?.ip;
  // What asks its own address leaves no pod and no node.
  if (kind === 'burst' || source === undefined || ip === undefined || source === ip) return undefined;
  const isUdp = asked.protocol === 'udp';
  return {
    family: ip.includes(':') ? 'ipv6' : 'ipv4',
    protocol: isUdp ? 'udp' : 'tcp',
    source,
    destination: ip,
    destinationPort: port,
    ...(!isUdp && { tcpFlags: SYN, bytes: FIRST_PACKET_BYTES }),
  };
}

function countryOf(view: View): Country {
  const nodes = [...view.cluster.nodes.values()].map(({ value }) => value);
  return {
    index: (node) => view.nodeState(node)?.index,
    nodeOf: (address) =>
      (
        nodes.find(({ internalIp }) => internalIp === address) ??
        nodes.find(({ name }) =>
          view.nodeState(name)?.index.state.addresses?.some((each) => each.address === address),
        ) ??
        nodes.find(({ podCidrs }) => podCidrs.some((range) => inRange(address, range)))
      )?.name,
  };
}

const keyOf = (packet: Packet): string =>
  [packet.source, packet.destination, packet.protocol, packet.destinationPort].join(' ');

/** Journeys of probes of which the state of the node that sends them was read; alike ones once. */
function walked(
  view: View,
  country: Country,
  probes: readonly ProbeObservation[],
  most: number,
): { probes: ProbeObservation[]; ways: Journey[] }[] {
  const groups = new Map<string, { packet: Packet; probes: ProbeObservation[] }>();
  for (const probe of probes) {
    const packet = packetOf(probe, view);
    const node = originOf(probe, view)?.node;
    if (!packet || node === undefined || !view.nodeState(node)) continue;
    const group = groups.get(keyOf(packet)) ?? { packet, probes: [] };
    group.probes.push(probe);
    groups.set(keyOf(packet), group);
  }
  return [...groups.values()].slice(0, most).map(({ packet, probes: own }) => {
    const { node = '', isOwn = false } = (own[0] && originOf(own[0], view)) ?? {};
    return { probes: own, ways: journeys(country, packet, { node, isPod: !isOwn }) };
  });
}

const lineKey = ({ node, stop, line }: Turn): string => `${node} ${stop} ${line.where} ${line.text}`;

/**
 * Where a way ends or turns. What the network's own programs translate is what they are there for; a rewriting counts
 * before what becomes of the packet after it.
 */
function turnOf(way: Journey): Turn | undefined {
  const rewriting = way.rewritings?.find(({ line }) => !OF_THE_CLUSTER.has(ownerOf(line)));
  if (rewriting) return { ...rewriting, stop: 'rewritten', on: 'way' };
  if (way.kind === 'stopped') return way;
  return way.kind === 'astray' ? { ...way, stop: 'astray' } : undefined;
}

/** The one line that turns all ways; undefined where one arrives, is not told, or turns at another. */
function stopOf(ways: readonly Journey[]): Turn | undefined {
  const [first, ...others] = ways.map(turnOf);
  return first && others.every((turn) => turn && lineKey(turn) === lineKey(first)) ? first : undefined;
}

const isWhole = ({ succeeded }: ProbeObservation): boolean => succeeded === 0;

/** Those first that are likest to what is stopped: they tell soonest that a line does not stop what it seems to. */
function likestFirst(probes: readonly ProbeObservation[], failed: readonly ProbeObservation[]): ProbeObservation[] {
  const [addresses, ports] = [
    new Set(failed.map(({ destination }) => destination.ip)),
    new Set(failed.map(({ destination }) => destination.port)),
  ];
  const likeness = ({ destination }: ProbeObservation): number =>
    Number(addresses.has(destination.ip)) + Number(ports.has(destination.port));
  return probes.toSorted((a, b) => likeness(b) - likeness(a));
}

/**
 * Lines of nodes' states that stop probes which failed altogether, by the walk of their packets and answers. A line
 * that would stop a probe that passes as well is none, nor is one whose counter has counted nothing.
 */
export function stoppingLines(view: View): StoppingLine[] {
  const country = countryOf(view);
  const lost = new Set(networkFailures(view.failing));
  // What is led elsewhere may be answered there, if not as it should.
  const others = view.failing.filter((probe) => !lost.has(probe));
  const failing = walked(view, country, [...lost, ...others], MOST_FAILED);
  const stops = failing.flatMap(({ probes, ways }) => {
    const stopped = stopOf(ways);
    const whole = probes.filter((probe) => isWhole(probe) && (lost.has(probe) || stopped?.stop === 'rewritten'));
    return stopped && stopped.line.packets !== 0 && whole.length > 0 ? [{ probes: whole, stopped }] : [];
  });
  if (stops.length === 0) return [];
  const failed = stops.flatMap(({ probes }) => probes);
  const touched = new Set([
    ...stops.map(({ stopped }) => stopped.node),
    ...failed.map(({ source, destination }) => source.node ?? destination.node),
  ]);
  const passed = walked(
    view,
    country,
    likestFirst(
      view.probes.filter(
        ({ verdict, source, destination }) => verdict === 'pass' && touched.has(source.node ?? destination.node),
      ),
      failed,
    ),
    MOST_PASSED,
  );
  // Of a probe whose packets go one way or another by chance, one that passes may have gone the other.
  const contradicted = new Set(passed.flatMap(({ ways }) => stopOf(ways) ?? []).map(lineKey));
  return [...Map.groupBy(stops, ({ stopped }) => lineKey(stopped))].flatMap(([key, all]): StoppingLine[] => {
    const [first] = all;
    if (!first || contradicted.has(key)) return [];
    const isHit = (way: Journey): boolean => {
      const turn = turnOf(way);
      return turn !== undefined && lineKey(turn) === key;
    };
    return [
      {
        node: first.stopped.node,
        stopped: first.stopped,
        failed: all.flatMap(({ probes }) => probes),
        touched: failing.flatMap(({ probes, ways }) => (ways.some(isHit) ? probes : [])),
        passing: passed.filter(({ ways }) => ways.every(({ kind }) => kind === 'arrived')).length,
        cited: view.nodeState(first.stopped.node)?.cited ?? [],
      },
    ];
  });
}
