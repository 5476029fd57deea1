import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeOldRuns } from '../../../helpers/report/retention.ts';
import { newRunId } from '../../../helpers/run/run-id.ts';

const DAY_MS = 86_400_000;
const now = new Date('2026-03-31T02:00:00Z');
/** Runs of the last nights, the newest first. */
const nights = Array.from({ length: 5 }, (_, ago) => newRunId(new Date(now.getTime() - ago * DAY_MS)));
const [tonight = ''] = nights;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netwright-retention-'));
  for (const night of nights) {
    mkdirSync(join(folder, night));
    writeFileSync(join(folder, night, 'report.json'), '{}');
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const left = () => readdirSync(folder).toSorted().toReversed();
const remove = (retention: Parameters<typeof removeOldRuns>[2], current = tonight) =>
  removeOldRuns(folder, current, retention, now.getTime());

describe('Folders of older runs', () => {
  test('all stay where nothing is said', () => {
    expect([remove({}), left()]).toEqual([[], nights]);
  });

  test('go by their count', () => {
    expect([remove({ runs: 2 }), left()]).toEqual([nights.slice(2), nights.slice(0, 2)]);
  });

  test('go by their age, which their name tells', () => {
    expect([remove({ ageMs: 2.5 * DAY_MS }), left()]).toEqual([nights.slice(3), nights.slice(0, 3)]);
  });

  test('go by either, where both are said', () => {
    expect([remove({ runs: 4, ageMs: 1.5 * DAY_MS }), left()]).toEqual([nights.slice(2), nights.slice(0, 2)]);
  });

  test('do not take the run with them that removes them, though a clock were wrong', () => {
    const [oldest = ''] = nights.slice(-1);
    remove({ runs: 1, ageMs: DAY_MS / 2 }, oldest);
    expect(left()).toEqual([tonight, oldest]);
  });

  test('are all that goes: what is called otherwise, a file or a link is somebody’s own', () => {
    const old = '20200101-020000-abcd';
    const own = ['history.ndjson', 'sample', '20200101', `${old}.old`, `x${old}`];
    for (const name of own) mkdirSync(join(folder, name));
    writeFileSync(join(folder, '20200102-020000-abcd'), 'a file');
    symlinkSync('/', join(folder, old));
    remove({ runs: 1 });
    expect(left()).toEqual([tonight, old, '20200102-020000-abcd', ...own].toSorted().toReversed());
  });
});
