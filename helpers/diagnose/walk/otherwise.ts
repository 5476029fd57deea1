import { journeys, type Country, type Journey } from './journey.ts';
import { OF_THE_CLUSTER, ownerOf } from './owner.ts';
import type { Line, Packet } from './packet.ts';

// What would become of a packet if a rule were not there: a rule that lets a packet pass, or changes its mark, may keep
// it from another that has to translate it, and the state has no line that stops it.

/** So many rules are taken away in turn at most. */
const MOST_RULES = 12;

const isUntranslated = (way: Journey): boolean => way.kind === 'open' && way.untranslated === true;

/** Whether it arrives, or goes on, as far as was read, under an address to which an answer finds back. */
const isTranslated = (way: Journey): boolean =>
  way.kind === 'arrived' || (way.kind === 'open' && !way.untranslated && !way.suspects?.length);

const without = (country: Country, node: string, line: Line): Country => {
  const index = line.rule && country.index(node)?.without(line.rule);
  return { ...country, index: (name) => (name === node ? index : country.index(name)) };
};

const keyOf = (node: string, { where, text }: Line): string => `${node} ${where} ${text}`;

/**
 * The ways of a packet, where those that end untranslated end so by one rule of an operator's own: without it all of
 * them arrive, or go on as they should where no more was read. Others are left as they are.
 */
export function byWhatIsNotDone(
  country: Country,
  packet: Packet,
  from: { node: string; isPod: boolean },
  ways: readonly Journey[],
): readonly Journey[] {
  const lost = ways.filter(isUntranslated);
  if (lost.length === 0) return ways;
  const rules = new Map(
    lost
      .flatMap(({ sways = [] }) => sways)
      .filter(({ line }) => line.packets !== 0 && !OF_THE_CLUSTER.has(ownerOf(line)))
      .map(({ node, line }) => [keyOf(node, line), { node, line }]),
  );
  const blamed = [...rules.values()]
    .slice(0, MOST_RULES)
    .find(({ node, line }) => journeys(without(country, node, line), packet, from).every(isTranslated));
  if (!blamed) return ways;
  return ways.map((way) =>
    isUntranslated(way) ? { ...way, kind: 'stopped', stop: 'untranslated', on: 'way', ...blamed } : way,
  );
}
