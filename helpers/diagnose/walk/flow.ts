import type { Connection } from '../../model/facts/ssh.ts';
import type { Packet } from './packet.ts';

const SYN_ACK = 18;

type Ends = Connection['original'];

/** What connection tracking knows of a packet. */
export interface Flow {
  state: 'new' | 'established' | 'invalid' | 'untracked';
  direction: 'original' | 'reply';
  original: Ends;
  /** As the answer is expected: translations have changed it. */
  reply: Ends;
  /** Whether the destination and the source are settled: rules of translation are asked once for each. */
  isDestinationSet: boolean;
  isSourceSet: boolean;
}

const endsOf = ({ source = '', destination, sourcePort, destinationPort }: Packet): Ends => ({
  source,
  destination,
  sourcePort,
  destinationPort,
});

export const turned = ({ source, destination, sourcePort, destinationPort }: Ends): Ends => ({
  source: destination,
  destination: source,
  sourcePort: destinationPort,
  destinationPort: sourcePort,
});

const isSame = (a: Ends, b: Ends): boolean =>
  a.source === b.source &&
  a.destination === b.destination &&
  a.sourcePort === b.sourcePort &&
  a.destinationPort === b.destinationPort;

/**
 * The packet as connection tracking takes it: of a connection that the node knows in that zone, or the first of a new
 * one.
 */
export function flowOf(packet: Packet, known: readonly Connection[], inZone: number): Flow {
  const ends = endsOf(packet);
  const mine = known.filter(({ protocol, zone = 0 }) => protocol === packet.protocol && zone === inZone);
  const answered = mine.find(({ reply }) => isSame(reply, ends));
  const asked = mine.find(({ original }) => isSame(original, ends));
  const found = answered ?? asked;
  if (found)
    return {
      state: answered || !found.unreplied ? 'established' : 'new',
      direction: answered ? 'reply' : 'original',
      original: found.original,
      reply: found.reply,
      isDestinationSet: true,
      isSourceSet: true,
    };
  return {
    // The answer to a beginning that the node has not seen begins nothing.
    state: packet.protocol === 'tcp' && packet.tcpFlags === SYN_ACK ? 'invalid' : 'new',
    direction: 'original',
    original: ends,
    reply: turned(ends),
    isDestinationSet: false,
    isSourceSet: false,
  };
}

/** A packet that is not tracked. */
export const untracked = (packet: Packet): Flow => ({
  state: 'untracked',
  direction: 'original',
  original: endsOf(packet),
  reply: turned(endsOf(packet)),
  isDestinationSet: true,
  isSourceSet: true,
});

export const isTranslated = ({ original, reply }: Flow, side: 'source' | 'destination'): boolean => {
  const plain = turned(original);
  return side === 'destination'
    ? reply.source !== plain.source || reply.sourcePort !== plain.sourcePort
    : reply.destination !== plain.destination || reply.destinationPort !== plain.destinationPort;
};

/** What an established connection's translation makes of one end of a packet; undefined where it leaves it. */
export function retranslated(
  flow: Flow,
  side: 'source' | 'destination',
): { address: string; port: number | undefined } | undefined {
  const other = side === 'source' ? 'destination' : 'source';
  const isReply = flow.direction === 'reply';
  if (!isTranslated(flow, isReply ? other : side)) return undefined;
  const ends = turned(isReply ? flow.original : flow.reply);
  return side === 'source'
    ? { address: ends.source, port: ends.sourcePort }
    : { address: ends.destination, port: ends.destinationPort };
}

export const connectionOf = (flow: Flow | undefined, { protocol }: Packet, zone: number): Connection | undefined =>
  flow === undefined || flow.state === 'untracked' || flow.state === 'invalid'
    ? undefined
    : {
        protocol,
        original: flow.original,
        reply: flow.reply,
        unreplied: flow.state === 'new' ? true : undefined,
        ...(zone !== 0 && { zone }),
      };

/** An answer to what has arrived. */
export const answerTo = ({
  source = '',
  sourcePort,
  destination,
  destinationPort,
  tcpFlags,
  ...same
}: Packet): Packet => ({
  ...same,
  source: destination,
  sourcePort: destinationPort,
  destination: source,
  destinationPort: sourcePort,
  mark: undefined,
  ttl: undefined,
  ...(tcpFlags !== undefined && { tcpFlags: SYN_ACK }),
});
