import type { Line, Path } from './packet.ts';

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
