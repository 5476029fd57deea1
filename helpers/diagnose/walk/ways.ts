import type { Connection } from '../../model/facts/ssh.ts';
import type { Line, Path, Stop, Walk } from './packet.ts';

// What the ways of a packet through one node tell.

/** The rule that has kept the packet from the node's own table of connections, as it stands in its stages. */
export const apartBy = ({ stages }: Path): Line | undefined =>
  stages.find(({ at, line }) => at === 'connection tracking' && line?.kind === 'rule')?.line;

/** What ends what belongs to no connection. */
export const asksForConnection = ({ kind, rule }: Line): boolean =>
  kind === 'policy' ||
  (rule?.matches.some((match) => match.kind === 'is' && match.of.some(({ field }) => field.startsWith('ct '))) ??
    false);

/** Ways that end and were translated alike are gone once. */
export const different = (paths: readonly Path[]): Path[] => [
  ...new Map(
    paths.map((path) => {
      const { end, inner, stages, connection } = path;
      const translated = stages.flatMap(({ at, what, line }) => (at === 'translation' ? [what, line?.text] : []));
      return [JSON.stringify([end, inner, translated, connection]), path] as const;
    }),
  ).values(),
];

/** The line that gave the packet its time to live. */
export const limitedBy = ({ stages }: Path): Line | undefined =>
  stages.findLast(({ at, line }) => at === 'time to live' && line && line.kind !== 'nothing')?.line;

/** Lines of which it may not be known whether they hold for a packet. */
const OF_DOUBT = new Set<Line['kind']>(['rule', 'policy', 'device']);

/** Lines that would stop a packet of which the ways are not told. */
export const suspectLines = ({ paths }: Walk): { stop: Stop; line: Line }[] =>
  paths.flatMap(({ end }) => {
    if (end.kind === 'left' || end.kind === 'delivered' || !end.line || !OF_DOUBT.has(end.line.kind)) return [];
    return [{ stop: end.kind === 'unknown' ? 'dropped' : end.kind, line: end.line }];
  });

/** What nodes have come to know of the flow on its way. */
export type Known = ReadonlyMap<string, readonly Connection[]>;

export const learnt = (known: Known, node: string, { connection, innerConnections }: Path): Known => {
  const all = [...(connection ? [connection] : []), ...innerConnections];
  return all.length > 0 ? new Map([...known, [node, [...(known.get(node) ?? []), ...all]]]) : known;
};
