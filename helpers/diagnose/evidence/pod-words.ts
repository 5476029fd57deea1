import type { View } from '../view/view.ts';

/** Words by which programs begin to say why they cannot go on. */
const TROUBLE = /\b(emerg|fatal|panic|error|failed|cannot|can't|unable|not supported|denied|refused)\b/i;
const MOST_CHARACTERS = 240;

/** The last line of a pod's log that tells of trouble, else its last; undefined where the log was not read. */
export function lastWords(view: View, namespace: string, pod: string): { text: string; id: string } | undefined {
  const log = view.facts.all('pod-log').findLast(({ value }) => value.namespace === namespace && value.pod === pod);
  const lines = log?.value.text.split('\n').filter((line) => line.trim() !== '') ?? [];
  const text = lines.findLast((line) => TROUBLE.test(line)) ?? lines.at(-1);
  return log && text !== undefined ? { text: text.trim().slice(0, MOST_CHARACTERS), id: log.id } : undefined;
}
