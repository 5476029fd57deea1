import type { Connection } from '../../model/facts/ssh.ts';

/** Addresses of one direction, and ports where the protocol has them. */
const ENDS = String.raw`src=(\S+) dst=(\S+)(?: sport=(\d+) dport=(\d+))?`;
/**
 * `ipv4     2 tcp      6 96 SYN_SENT src=...`: the family is printed only on request, the state only of TCP. Between
 * the directions stand `[UNREPLIED]` and counters.
 */
const LINE = new RegExp(
  String.raw`^\s*(?:ipv[46]\s+\d+\s+)?([a-z]+)\s+\d+\s+(?:\d+\s+)?(?:([A-Z][A-Z_\d]+)\s+)?${ENDS}(.*?)${ENDS}`,
);

const portOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** `conntrack -L`: one connection a line; lines that are none are passed over. */
export const readConnections = (output: string): Connection[] =>
  output.split('\n').flatMap((line): Connection[] => {
    const [found, protocol = '', state, ...ends] = LINE.exec(line) ?? [];
    if (found === undefined) return [];
    const [source = '', destination = '', sport, dport, between = '', from = '', to = '', replySport, replyDport] =
      ends;
    return [
      {
        protocol,
        state,
        original: { source, destination, sourcePort: portOf(sport), destinationPort: portOf(dport) },
        reply: { source: from, destination: to, sourcePort: portOf(replySport), destinationPort: portOf(replyDport) },
        unreplied: between.includes('[UNREPLIED]') ? true : undefined,
      },
    ];
  });
