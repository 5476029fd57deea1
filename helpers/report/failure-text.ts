import type { ProbeObservation } from '../model/observation.ts';
import { pairLine } from './pair-line.ts';
import { patternOf } from './patterns.ts';

/** A failing test should fit on a screen of 24 lines together with its title. */
const MAX_LINES = 25;

export interface FailureTextOptions {
  /** All lines together, the last one included. Default 25. */
  maxLines?: number;
  /** Where the rest can be read. Default `observations.ndjson`. */
  file?: string;
  /**
   * Everything that the suite saw. Where all selected probes fail, those of it that are alike (path class and role) and
   * were not selected give the pattern: "every pair that crosses nodes fails, every pair on one node passes", not "all
   * 6 fail".
   */
  among?: readonly ProbeObservation[];
}

/** The lines of the failures alone, sorted; equal ones appear once with their count. */
export function pairLines(probes: readonly ProbeObservation[]): string[] {
  const lines = probes.filter(({ verdict }) => verdict === 'fail').map(pairLine);
  return [...Map.groupBy(lines, (line) => line)]
    .map(([line, same]) => (same.length > 1 ? `${line} (${same.length} times)` : line))
    .toSorted();
}

function widerPattern(probes: readonly ProbeObservation[], among: readonly ProbeObservation[]): string {
  const own = patternOf(probes);
  // Pods of one node are reached on a port of the workload's, a role of its own: for its path class it is the pair on
  // one node.
  const alike = new Set(
    probes.flatMap(({ pathClass, role }) => [`${pathClass} ${role}`, `${pathClass} same-node-pod`]),
  );
  const wider = among.filter(({ pathClass, role }) => alike.has(`${pathClass} ${role}`));
  if (!own.startsWith('all ') || wider.length <= probes.length) return own;
  const pattern = patternOf(wider);
  return pattern.includes(' of ') || pattern.startsWith('all ') ? own : pattern;
}

/**
 * The message of a failing symptom: the pattern first, then the pairs, then how many more there are and where. At most
 * `maxLines` lines.
 */
export function failureText(
  probes: readonly ProbeObservation[],
  { maxLines = MAX_LINES, file = 'observations.ndjson', among = [] }: FailureTextOptions = {},
): string {
  const failures = probes.filter(({ verdict }) => verdict === 'fail').length;
  const pattern = widerPattern(probes, among);
  const head = /^\d+ of \d+ fail|^all \d+ fail$/.test(pattern)
    ? pattern
    : `${pattern} (${failures} of ${probes.length} probes failed)`;
  const lines = pairLines(probes);
  const room = maxLines - 1;
  if (lines.length <= room) return [head, ...lines.map((line) => `  ${line}`)].join('\n');
  const shown = lines.slice(0, room - 1);
  return [head, ...shown.map((line) => `  ${line}`), `  and ${lines.length - shown.length} more in ${file}`].join('\n');
}
