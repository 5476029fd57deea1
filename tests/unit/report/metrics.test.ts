import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderMetrics } from '../../../helpers/report/metrics.ts';
import { writeWhole } from '../../../helpers/report/write-whole.ts';
import { Nights } from './history/nights.ts';
import { changed, filtered, fixed, reportOn } from './recorded-report.ts';

const lineOf = (text: string, start: string) => text.split('\n').filter((line) => line.startsWith(start));

test('The metrics of a run tell its verdict, its end, its problems by code, and the loss of each way', () => {
  const nights = new Nights();
  nights.next(fixed(filtered));
  const report = { ...nights.next(filtered), endedAt: '2026-03-02T02:00:30.000Z' };
  const timed = changed(filtered, ({ verdict }) => (verdict === 'pass' ? { p99Ms: 12 } : undefined));
  const text = renderMetrics(report, timed, { lastHealthyAt: '2026-03-01T02:00:00.000Z' });
  expect(lineOf(text, 'netwright_verdict{')).toEqual([
    'netwright_verdict{cluster="lab:demo",verdict="healthy"} 0',
    'netwright_verdict{cluster="lab:demo",verdict="unhealthy"} 1',
    'netwright_verdict{cluster="lab:demo",verdict="inconclusive"} 0',
  ]);
  expect(lineOf(text, 'netwright_run_timestamp')).toEqual([
    'netwright_run_timestamp_seconds{cluster="lab:demo",profile="gate"} 1772416830',
  ]);
  expect(lineOf(text, 'netwright_last_healthy')).toEqual([
    'netwright_last_healthy_timestamp_seconds{cluster="lab:demo"} 1772330400',
  ]);
  expect(lineOf(text, 'netwright_problems{')).toEqual([
    'netwright_problems{cluster="lab:demo",code="vxlan-port-filtered-in-path",confidence="proved",state="new",' +
      'accepted="false"} 4',
  ]);
  expect(lineOf(text, 'netwright_loss_ratio{').some((line) => / 0\.\d+$/.test(line))).toBe(true);
  expect(lineOf(text, 'netwright_p99_seconds{').every((line) => line.endsWith(' 0.012'))).toBe(true);
  expect(lineOf(text, 'netwright_p99_seconds{').length).toBeGreaterThan(2);
});

test('Each line is a comment or a sample, and each metric is described once', () => {
  const lines = renderMetrics(reportOn(filtered), filtered).split('\n').filter(Boolean);
  const sample = /^netwright_[a-z0-9_]+\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\} [0-9.e+-]+$/;
  expect(lines.filter((line) => !line.startsWith('# ') && !sample.test(line))).toEqual([]);
  const types = lines.filter((line) => line.startsWith('# TYPE '));
  expect(new Set(types).size).toBe(types.length);
});

test('A name of the cluster with quotes, backslashes or lines in it stays one label', () => {
  const report = reportOn(filtered);
  const text = renderMetrics({ ...report, cluster: { ...report.cluster, name: 'a"b\\c\nd' } }, []);
  expect(lineOf(text, 'netwright_holes')).toEqual([String.raw`netwright_holes{cluster="a\"b\\c\nd"} 0`]);
});

test('A file that is written whole replaces the one before, and leaves nothing beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-metrics-'));
  const path = join(folder, 'netwright.prom');
  writeWhole(path, 'a\n');
  writeWhole(path, 'b\n');
  expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['b\n', ['netwright.prom']]);
  rmSync(folder, { recursive: true });
});
