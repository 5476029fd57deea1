import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addToHistory, historyPath, readHistory } from '../../../../helpers/report/history/file.ts';
import { filtered } from '../recorded-report.ts';
import { Nights } from './nights.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'netwright-history-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nights = new Nights();
nights.next(filtered);
const [record] = nights.history;

test('A run that was added to a history is read back, and a folder without one has none', () => {
  const path = historyPath(folder);
  expect(readHistory(path)).toEqual([]);
  addToHistory(path, record!);
  expect(readHistory(path)).toEqual([record]);
});

test('A line that was cut off, or is of another version, costs only itself', () => {
  const path = historyPath(folder);
  addToHistory(path, record!);
  const line = readFileSync(path, 'utf8');
  writeFileSync(path, `${line}${line.slice(0, 40)}\n{"v":9}\n${line}`);
  expect(readHistory(path)).toHaveLength(2);
});

test('A history keeps the newest runs, and leaves no file of its own behind', () => {
  const path = historyPath(folder);
  for (let run = 0; run < 200; run += 1) addToHistory(path, { ...record!, runId: `run-${run}` });
  const ids = readHistory(path).map(({ runId }) => runId);
  expect(ids.at(-1)).toBe('run-199');
  expect(ids.length).toBeGreaterThanOrEqual(90);
  expect(ids.length).toBeLessThanOrEqual(180);
  expect(readdirSync(folder)).toEqual(['history.ndjson']);
});
