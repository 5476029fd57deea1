import { z } from 'zod';
import { ERROR_KINDS, VERDICTS } from './verdict.ts';

/** What became of a burst of datagrams from one node to another. */
export const BURST_OUTCOMES = [
  'open',
  'blocked',
  'all-udp-blocked',
  'node-unreachable',
  'arrives-dropped',
  'lossy',
  'inconclusive',
] as const;
export type BurstOutcome = (typeof BURST_OUTCOMES)[number];

/** Outcomes of a burst that left its sender and did not come to the receiver. */
export const LOST_ON_THE_WAY: ReadonlySet<BurstOutcome> = new Set(['blocked', 'all-udp-blocked', 'node-unreachable']);

export const errorCounts = z.partialRecord(z.enum(ERROR_KINDS), z.number());

/**
 * Readings of one burst from node A to node B, in packets. Every rise is after minus before, and less what was rising
 * anyway.
 */
export const burstReadings = z.object({
  sent: z.number(),
  /**
   * Errors of the sends themselves, by kind: `prohibited` is a drop by A's own netfilter, `refused` B's ICMP port
   * unreachable.
   */
  sendErrors: errorCounts,
  /** Packets that left A's uplink. */
  senderUplinkTx: z.number().optional(),
  /** Of a burst that A's kernel wraps: what others send by A's uplink in a burst's time, and what A's tunnel sent. */
  senderUplinkNoise: z.number().optional(),
  senderTunnelTx: z.number().optional(),
  /** Packets that arrived at B's uplink. */
  receiverUplinkRx: z.number().optional(),
  /** Packets that came out of B's tunnel device. */
  tunnelRx: z.number().optional(),
  /** B's UDP counters: InCsumErrors, NoPorts, InErrors. */
  receiverUdp: z.record(z.string(), z.number()),
  /** Packets that others bring to B's tunnel device and uplink in a burst's time. */
  tunnelNoise: z.number(),
  uplinkNoise: z.number(),
  /** The same from A to B over another UDP port, with an answer; and a TCP connect. */
  controlUdp: z.enum(VERDICTS),
  controlTcp: z.enum(VERDICTS),
});
export type BurstReadings = z.infer<typeof burstReadings>;
