import { riseBetween } from '../model/counters.ts';
import type { FactValue } from '../model/facts.ts';
import type { Observation } from '../model/observation.ts';

/**
 * How much each node's counters rose from the first to the last reading of a run; a node read once or never has none.
 */
export function countersRise(
  observations: readonly Observation[],
): { node: string; value: FactValue<'counters-rise'> }[] {
  const readings = observations.flatMap((fact) =>
    fact.type === 'fact' && fact.key === 'counters' && fact.value !== null
      ? [{ node: fact.node ?? '', counters: fact.value }]
      : [],
  );
  return [...Map.groupBy(readings, ({ node }) => node)].flatMap(([node, own]) => {
    const [first, last] = [own[0], own.at(-1)];
    return first && last && first !== last ? [{ node, value: riseBetween(first.counters, last.counters) }] : [];
  });
}
