import type { View } from '../view/view.ts';
import { familyOf } from '../walk/address.ts';
import { walkIn } from '../walk/index.ts';
import type { Packet } from '../walk/packet.ts';
import { deviceTo } from '../walk/stray.ts';
import { ANY_PORTS } from './probe-walks.ts';

const STOPS = new Set(['dropped', 'refused']);

/** A line, and the observations in which it stands. */
export interface StoppingRule {
  text: string;
  ids: string[];
}

/**
 * The one rule or policy of a node at which every packet of a tunnel from another node ends, by the walk: firewalld's
 * own have no counters. Undefined where one may pass, or where that cannot be told.
 */
export function lineFor(
  view: View,
  from: string,
  to: string,
  outer: Pick<Packet, 'protocol' | 'destinationPort' | 'anyPorts'>,
): StoppingRule | undefined {
  const state = view.nodeState(to);
  const [source, destination] = [from, to].map((node) => view.cluster.nodes.get(node)?.value.internalIp);
  const device = state && source !== undefined ? deviceTo(state.index, source) : undefined;
  if (!state || source === undefined || destination === undefined || device === undefined) return undefined;
  const { paths, isTold } = walkIn(
    state.index,
    { family: familyOf(destination), source, destination, ...outer },
    { by: 'device', device },
  );
  const [first, ...others] = paths.map(({ end }) => (STOPS.has(end.kind) && 'line' in end ? end.line : undefined));
  const isOne = first && others.every((line) => line?.text === first.text && line.where === first.where);
  return isTold && isOne ? { text: `${first.where}: ${first.text}`, ids: state.cited } : undefined;
}

/** The same of a tunnel's datagrams to a UDP port. */
export const lineInto = (view: View, from: string, to: string, port: number | undefined): StoppingRule | undefined =>
  lineFor(view, from, to, { protocol: 'udp', destinationPort: port, anyPorts: ANY_PORTS });
