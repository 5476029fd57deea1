import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeReports } from '../../../../helpers/report/write.ts';
import { filtered, fixed, reportOn } from '../recorded-report.ts';
import { Nights } from './nights.ts';

const reportsDir = mkdtempSync(join(tmpdir(), 'netwright-allure-history-'));
afterAll(() => rmSync(reportsDir, { recursive: true, force: true }));

interface Kept {
  testResults: Record<string, { name: string; status: string; fullName: string; message?: string }>;
}

const ID = 'finding:vxlan-port-filtered-in-path';

test(
  'Allure keeps one history over the nights, in which a cause that was mended has passed, and is told as fixed',
  { timeout: 240_000 },
  async () => {
    const nights = new Nights();
    for (const seen of [filtered, fixed(filtered)]) {
      const report = nights.next(seen);
      const reportDir = join(reportsDir, report.runId);
      mkdirSync(reportDir);
      await writeReports(report, seen, { reportDir, html: true, env: {} });
    }
    const lines = readFileSync(join(reportsDir, 'allure-history.jsonl'), 'utf8').trim().split('\n');
    const kept = lines.map((line): Kept => JSON.parse(line));
    const ended = kept.map(({ testResults }) => Object.values(testResults).find(({ fullName }) => fullName === ID));
    expect(ended.map((each) => each?.status)).toEqual(['failed', 'passed']);
    expect(readdirSync(reportsDir)).toContain('allure-history.jsonl');
    const last = readFileSync(join(reportsDir, nights.history[1]?.runId ?? '', 'allure.html'), 'utf8');
    // The page carries its data in base64.
    const data = [...last.matchAll(/"([\w+/]{200,}={0,2})"/g)].map(([, text = '']) =>
      Buffer.from(text, 'base64').toString('utf8'),
    );
    const results = data.filter((text) => text.includes(ID));
    expect(results.some((text) => text.includes('"transition":"fixed"'))).toBe(true);
  },
);

test('A night that could not tell leaves the cause skipped in Allure, which ends no streak', async () => {
  const nights = new Nights();
  nights.next(filtered);
  const report = nights.next(reportOn(fixed(filtered), ['coredns']));
  const reportDir = join(reportsDir, 'unclear');
  mkdirSync(reportDir);
  await writeReports(report, [], { reportDir, html: false, env: {} });
  const results = readdirSync(join(reportDir, 'allure-results'))
    .filter((name) => name.endsWith('-result.json'))
    .map((name): { fullName: string; status: string } =>
      JSON.parse(readFileSync(join(reportDir, 'allure-results', name), 'utf8')),
    );
  expect(results.filter(({ fullName }) => fullName === ID).map(({ status }) => status)).toEqual(['skipped']);
});
