import type { FactObservation, Observation } from '../model/observation.ts';

type Numbers = { [key: string]: number | Numbers };

function difference(last: unknown, first: unknown): unknown {
  if (typeof last === 'number') return typeof first === 'number' ? last - first : undefined;
  if (typeof last !== 'object' || last === null) return undefined;
  const entries = Object.entries(last).map(([key, value]): [string, unknown] => [
    key,
    difference(value, (first as Numbers | undefined)?.[key]),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * How much each node's counters rose from the first to the last reading of a run; a node read once or never has none.
 */
export function countersRise(observations: Observation[]): { node: string; value: unknown }[] {
  const readings = observations.filter(
    (observation): observation is FactObservation =>
      observation.type === 'fact' && observation.key === 'counters' && observation.notObserved === undefined,
  );
  return [...Map.groupBy(readings, ({ node }) => node ?? '')].flatMap(([node, own]) => {
    const [first, last] = [own[0], own.at(-1)];
    return first && last && first !== last ? [{ node, value: difference(last.value, first.value) }] : [];
  });
}
