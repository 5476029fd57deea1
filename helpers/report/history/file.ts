import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyRecordSchema, type HistoryRecord } from './record.ts';
import { writeWhole } from '../write-whole.ts';

/** A quarter of a year of nights. */
const MOST_RUNS = 90;

/** Beside the folders of the runs: `history.ndjson`, a run a line. */
export const historyPath = (reportsDir: string): string => join(reportsDir, 'history.ndjson');

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    // The first run has none.
    return [];
  }
}

function recordIn(line: string): HistoryRecord[] {
  try {
    const { data } = historyRecordSchema.safeParse(JSON.parse(line));
    return data ? [data] : [];
  } catch {
    return [];
  }
}

/** The runs of a history, the oldest first; none where there is no file. A line that is no record is passed over. */
export const readHistory = (path: string): HistoryRecord[] => linesOf(path).flatMap(recordIn);

/**
 * Adds a run. One write at the end of the file, so that runs at the same time do not overwrite each other's; where it
 * has grown to twice what is kept, the older half goes, in a new file that takes the old one's place.
 */
export function addToHistory(path: string, record: HistoryRecord): void {
  const lines = linesOf(path);
  if (lines.length < 2 * MOST_RUNS) {
    appendFileSync(path, `${JSON.stringify(record)}\n`);
    return;
  }
  writeWhole(path, `${[...lines.slice(1 - MOST_RUNS), JSON.stringify(record)].join('\n')}\n`);
}
