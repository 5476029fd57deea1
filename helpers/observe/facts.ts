import type { Place } from '../model/observation.ts';
import type { FactsSpec } from '../probe/protocol.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import type { Fleet } from './fleet.ts';
import type { Counters } from './overlay/bursts/readings.ts';

/** Reading /proc and /sys is quick; a stream that has not answered by then is lost. */
const READ_TIMEOUT_MS = 10_000;

/** Reads fact sets at one place by its agent; undefined when they could not be heard. */
export async function readFacts(
  fleet: Fleet,
  source: Place,
  sets: FactsSpec['sets'],
  signal?: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  const { results } = await fleet.run(
    source,
    { batch: `facts-${sets.join('-')}`, concurrency: 1, probes: [{ kind: 'facts', id: 'facts', sets }] },
    { timeoutMs: READ_TIMEOUT_MS, signal },
  );
  const result = results.get('facts');
  return result && !result.error ? result.got : undefined;
}

/** The counters of every named node at about the same moment; a node that could not be read is absent. */
export async function readCounters(
  context: RunContext,
  fleet: Fleet,
  nodes: Iterable<string>,
  signal?: AbortSignal,
): Promise<Map<string, Counters>> {
  const readings = await Promise.all(
    [...nodes].map(async (node): Promise<[string, Counters | undefined]> => {
      const pod = podOf(context, node, 'host');
      const got = pod && (await readFacts(fleet, { network: 'host', node }, ['counters'], signal));
      return [node, got?.['counters'] as Counters | undefined];
    }),
  );
  return new Map(readings.filter((reading): reading is [string, Counters] => reading[1] !== undefined));
}
