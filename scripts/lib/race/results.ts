import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Said } from './contestant.ts';

/** One contestant in one state. */
export interface Result extends Said {
  state: string;
  contestant: string;
  /** ISO time. */
  startedAt: string;
  /** The lab's own, by which one can tell whether all was measured on one. */
  labUpAt: string;
  requests: number;
  bytes: number;
  idlePerS: number;
  /** The machine's load in the minute before. */
  load: number;
}

/** Keeps what was measured, a line each, so that a race that was broken off goes on where it was. */
export async function readResults(path: string): Promise<Result[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as Result);
  // A later one of the same counts.
  return [...new Map(results.map((result) => [`${result.state} ${result.contestant}`, result])).values()];
}

export async function appendResult(path: string, result: Result): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify(result)}\n`);
}

export const forgetResults = (path: string): Promise<void> => rm(path, { force: true });
