import { readFact, type FactValue, type Reading } from '../model/facts.ts';
import type { AgentSet } from '../model/facts/agent.ts';
import type { Place } from '../model/observation.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import type { Fleet } from './fleet.ts';
import type { Counters } from './overlay/bursts/readings.ts';

/** Reading /proc and /sys is quick; a stream that has not answered by then is lost. */
const READ_TIMEOUT_MS = 10_000;

/** What an agent read, by set: a set that it could not read, or that has another shape, is not observed. */
export type AgentFacts = <Set extends AgentSet>(set: Set) => Reading<FactValue<Set>>;

/** Every set for the same reason not observed. */
export const notRead =
  (notObserved: string): AgentFacts =>
  () => ({ value: null, notObserved });

/** Reads fact sets at one place by its agent. */
export async function readFacts(
  fleet: Fleet,
  source: Place,
  sets: AgentSet[],
  signal?: AbortSignal,
): Promise<AgentFacts> {
  const { results } = await fleet.run(
    source,
    { batch: `facts-${sets.join('-')}`, concurrency: 1, probes: [{ kind: 'facts', id: 'facts', sets }] },
    { timeoutMs: READ_TIMEOUT_MS, signal },
  );
  const result = results.get('facts');
  if (!result || result.error) return notRead('the probe could not read it');
  const { got } = result;
  return (set) =>
    got[set] === undefined ? { value: null, notObserved: 'the probe could not read it' } : readFact(set, got[set]);
}

/** The counters of every named node at about the same moment; a node that could not be read is absent. */
export async function readCounters(
  context: RunContext,
  fleet: Fleet,
  nodes: Iterable<string>,
  signal?: AbortSignal,
): Promise<Map<string, Counters>> {
  const readings = await Promise.all(
    [...nodes].map(async (node) => {
      const pod = podOf(context, node, 'host');
      const read = pod && (await readFacts(fleet, { network: 'host', node }, ['counters'], signal));
      return { node, counters: read?.('counters').value ?? undefined };
    }),
  );
  return new Map(readings.flatMap(({ node, counters }): [string, Counters][] => (counters ? [[node, counters]] : [])));
}
