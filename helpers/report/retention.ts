import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept of runs' folders; what is absent sets no limit. */
export interface Retention {
  /** So many, the newest. */
  runs?: number;
  /** Those that are younger. */
  ageMs?: number;
}

/** A run's id, which its folder is called by (`run/run-id`): the time in UTC, and four digits. */
const FOLDER = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{4}$/;

function startOf(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = FOLDER.exec(name) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/**
 * Removes folders of older runs from a reports folder, and nothing else that lies there: what is not called as a run's
 * folder is, is somebody's own. The current run's folder stays whatever its age. Returns the names of what is gone.
 * Throws where one cannot be removed.
 */
export function removeOldRuns(
  reportsDir: string,
  current: string,
  { runs, ageMs }: Retention,
  nowMs = Date.now(),
): string[] {
  if (runs === undefined && ageMs === undefined) return [];
  const newestFirst = readdirSync(reportsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && startOf(entry.name) !== undefined)
    .map(({ name }) => name)
    .toSorted()
    .toReversed();
  const isOld = (name: string, index: number) =>
    (runs !== undefined && index >= runs) || (ageMs !== undefined && nowMs - (startOf(name) ?? nowMs) > ageMs);
  const old = newestFirst.filter((name, index) => name !== current && isOld(name, index));
  for (const name of old) rmSync(join(reportsDir, name), { recursive: true, force: true });
  return old;
}
