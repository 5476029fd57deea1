import type { View } from '../view/view.ts';

/** A network plugin that has no address to give. */
export const EXHAUSTED = /no IP addresses available in range set|failed to allocate for range/;

/** What a runtime says when it is the network that a pod cannot be given, and not its image or its cgroup. */
const OF_NETWORK = /network for (?:pod )?sandbox|plugin type="|failed to find plugin|NetworkPlugin cni|cni plugin/i;

/** Attempts of a node's runtime to give new pods their network that failed, as its kubelet reports them. */
export interface SandboxFailures {
  /** What the plugin said, without what changes from one attempt to the next. */
  words: string;
  attempts: number;
  ids: string[];
}

const wordsOf = (message: string): string =>
  message
    .replace(/^.*?\bdesc = /s, '')
    .replaceAll(/(?:failed to set ?up network for sandbox|for (?:pod )?sandbox) "[0-9a-f]+"(?:: )?/g, '')
    .trim()
    .slice(0, 300);

/** By node, and only where it was not addresses that were wanting. */
export function sandboxFailures(view: View): Map<string, SandboxFailures> {
  const failures = new Map<string, SandboxFailures>();
  const seen = new Set<string>();
  for (const { value, id } of view.facts.all('events')) {
    for (const { node, object, reason, message, count } of value) {
      if (!node || reason !== 'FailedCreatePodSandBox' || EXHAUSTED.test(message) || !OF_NETWORK.test(message))
        continue;
      // The same event is in a later reading again.
      const event = `${object} ${message}`;
      const known = failures.get(node) ?? { words: wordsOf(message), attempts: 0, ids: [] };
      failures.set(node, {
        words: known.words,
        attempts: known.attempts + (seen.has(event) ? 0 : count),
        ids: [...new Set([...known.ids, id])],
      });
      seen.add(event);
    }
  }
  return failures;
}
