import type { ErrorKind, Verdict } from '../../../model/observation.ts';
import type { BurstReadings } from '../../../model/burst.ts';
import type { HostCounters } from '../../../model/facts/agent.ts';

/** What the agent's `counters` facts hold, as far as this reads them. */
export type Counters = Pick<HostCounters, 'takenAtMs' | 'devices' | 'snmp'>;

/** How fast a counter rises without us: per millisecond. */
export interface Noise {
  tunnelRxPerMs: number;
  uplinkRxPerMs: number;
  uplinkTxPerMs: number;
}

/** Others' traffic varies: up to twice its rate may still be theirs. */
const TWICE = 2;

const device = (counters: Counters | undefined, name: string | undefined, field: string): number | undefined =>
  name === undefined ? undefined : counters?.devices[name]?.[field];

function rise(
  before: Counters | undefined,
  after: Counters | undefined,
  name: string | undefined,
  field: string,
): number | undefined {
  const from = device(before, name, field);
  const to = device(after, name, field);
  return from === undefined || to === undefined ? undefined : to - from;
}

/** The rates between two readings that no burst separates; no rates where a reading is missing. */
export function noiseBetween(
  first: Counters | undefined,
  second: Counters | undefined,
  tunnel: string | undefined,
  uplink: string,
): Noise {
  const elapsedMs = first && second ? Math.max(1, second.takenAtMs - first.takenAtMs) : 1;
  const perMs = (name: string | undefined, field = 'rx_packets') =>
    Math.max(0, rise(first, second, name, field) ?? 0) / elapsedMs;
  return {
    tunnelRxPerMs: perMs(tunnel),
    uplinkRxPerMs: perMs(uplink),
    uplinkTxPerMs: perMs(uplink, 'tx_packets'),
  };
}

/** Whether more came out of a tunnel device between two readings than others send in that time. Pure. */
export function isComingOut(
  first: Counters | undefined,
  second: Counters | undefined,
  tunnel: string | undefined,
  othersPerMs: number,
): boolean {
  const rose = rise(first, second, tunnel, 'rx_packets') ?? 0;
  const elapsedMs = first && second ? Math.max(0, second.takenAtMs - first.takenAtMs) : 0;
  return rose > 0 && rose > TWICE * othersPerMs * elapsedMs;
}

/** The counters at both ends before and after a burst. */
export interface BurstCounters {
  sent: number;
  sendErrors: Partial<Record<ErrorKind, number>>;
  /** With its tunnel where its kernel wraps what is sent: a firewall of its own may then drop it unseen. */
  sender: { before?: Counters; after?: Counters; uplink: string; wrapper?: { tunnel: string; noise: Noise } };
  receiver: { before?: Counters; after?: Counters; uplink: string; tunnel: string | undefined; noise: Noise };
  controlUdp: Verdict;
  controlTcp: Verdict;
}

/** Turns two readings at both ends into what a burst brought about. Pure. */
export function readingsOf({
  sent,
  sendErrors,
  sender,
  receiver,
  controlUdp,
  controlTcp,
}: BurstCounters): BurstReadings {
  const elapsedMs = receiver.before && receiver.after ? receiver.after.takenAtMs - receiver.before.takenAtMs : 0;
  const tunnelNoise = receiver.noise.tunnelRxPerMs * elapsedMs;
  const uplinkNoise = receiver.noise.uplinkRxPerMs * elapsedMs;
  const less = (value: number | undefined, noise: number) =>
    value === undefined ? undefined : Math.max(0, Math.round(value - noise));
  const udp = (name: string) =>
    (receiver.after?.snmp['Udp']?.[name] ?? 0) - (receiver.before?.snmp['Udp']?.[name] ?? 0);
  return {
    sent,
    sendErrors,
    senderUplinkTx: rise(sender.before, sender.after, sender.uplink, 'tx_packets'),
    ...(sender.wrapper && {
      senderUplinkNoise: sender.wrapper.noise.uplinkTxPerMs * elapsedMs,
      senderTunnelTx: rise(sender.before, sender.after, sender.wrapper.tunnel, 'tx_packets'),
    }),
    receiverUplinkRx: less(rise(receiver.before, receiver.after, receiver.uplink, 'rx_packets'), uplinkNoise),
    tunnelRx: less(rise(receiver.before, receiver.after, receiver.tunnel, 'rx_packets'), tunnelNoise),
    receiverUdp: { InErrors: udp('InErrors'), InCsumErrors: udp('InCsumErrors'), NoPorts: udp('NoPorts') },
    tunnelNoise,
    uplinkNoise,
    controlUdp,
    controlTcp,
  };
}
