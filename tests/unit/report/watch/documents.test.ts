import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watchReportSchema } from '../../../../helpers/model/watch.ts';
import { watchMarkdown } from '../../../../helpers/report/watch/markdown.ts';
import { timelineSvg } from '../../../../helpers/report/watch/timeline.ts';
import { outageWords, watchSentence } from '../../../../helpers/report/watch/words.ts';
import { writeWatch } from '../../../../helpers/report/watch/write.ts';
import { atMs, watchOutage, watchPath, watchReport } from '../../../support/watch.ts';

const interruption = {
  startedAt: atMs(2_000),
  durationMs: 4_000,
  sent: 40,
  lost: 40,
  waited: 0,
  ways: { refused: 40 },
};
const interrupted = watchReport({
  paths: [
    watchPath('a', 'b', { lost: 40, interruptions: [interruption] }),
    watchPath('b', 'a', { unseen: [{ startedAt: atMs(5_000), durationMs: 2_500 }] }),
  ],
  outages: [watchOutage(4_000, { of: 2, changes: [0] })],
  changes: [{ at: atMs(1_500), text: 'a: not Ready <because> "of" that | & this' }],
  silent: 3,
});

describe('the sentence of a watch', () => {
  test('counts paths, requests and what was lost, and says what nobody asked or answered', () => {
    expect(watchSentence(interrupted)).toBe(
      '1 of 2 paths were interrupted, for 4.0 s at the longest; 40 of 200 requests lost in 10.0 s; ' +
        'nobody asked on 1 path, for 2.5 s at the longest; 3 paths never answered',
    );
  });

  test('begins with the verdict where a bound was asked for', () => {
    expect(watchSentence(watchReport({}, 1_000))).toMatch(/^held\. no path was interrupted/);
    expect(watchSentence(watchReport({ outages: [watchOutage(4_000)] }, 1_000))).toMatch(
      /^too long: an interruption took 4\.0 s, and may take 1\.0 s\. /,
    );
  });

  test('says that there was nothing to watch where nothing answered', () => {
    expect(watchSentence(watchReport({ paths: [], silent: 4 }))).toBe(
      'not proved: nothing answered. nothing answered in 10.0 s: there was nothing to watch',
    );
  });
});

test('an interruption of which the machine may be the reason says so', () => {
  expect(outageWords(watchOutage(2_000, { stallMs: 1_500, isEndUnseen: true }))).toMatch(
    /pod to pod, new connections: interrupted for at least 2\.0 s on 1 of 1 path, .*did not run for 1\.5 s/,
  );
});

test('the summary has each interruption with what changed beside it, in one row', () => {
  const rows = watchMarkdown(interrupted).split('\n');
  const row = rows.find((line) => line.includes('| pod to pod, new connections |') && line.includes('4.0 s')) ?? '';
  expect(row).toContain('1 of 2: a → b');
  expect(row).toContain(String.raw`a: not Ready <because> "of" that \| & this`);
});

describe('the picture of a watch', () => {
  const bars = (svg: string): string[] => svg.match(/<rect [^>]*><title>[^<]*<\/title><\/rect>/g) ?? [];

  test('has a bar for each path, interruption and time without questions, to scale', () => {
    const drawn = bars(timelineSvg(interrupted));
    const width = (of: string): number =>
      Number(/width="([\d.]+)"/.exec(drawn.find((bar) => bar.includes(of)) ?? '')?.[1]);
    expect(drawn).toHaveLength(4);
    const whole = width('100 sent, 40 lost');
    expect(width('40 of 40 lost') / whole).toBeCloseTo(0.4, 2);
    expect(width('nobody asked for 2.5 s') / whole).toBeCloseTo(0.25, 2);
  });

  test('is well-formed, whatever texts a cluster brings', () => {
    const svg = timelineSvg(interrupted);
    expect(svg).toContain('not Ready &lt;because&gt; &quot;of&quot; that | &amp; this');
    expect(svg.replaceAll(/<\/?(svg|g|rect|text|title|line)\b[^<>]*>/g, '')).not.toMatch(/[<>]/);
  });

  test('of very many paths shows those that were interrupted, and says how many more there are', () => {
    const many = Array.from({ length: 200 }, (_, index) => watchPath(`n${index}`, 'b'));
    const svg = timelineSvg({ ...interrupted, paths: [...many, ...interrupted.paths] });
    expect(bars(svg)).toHaveLength(80 + 1);
    expect(svg).toContain('40 of 40 lost');
    expect(svg).toContain('122 more paths are in watch.json');
  });
});

test('a watch leaves watch.json by its schema, the summary and the picture', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netwright-watch-'));
  try {
    await writeWatch(interrupted, { reportDir: folder, html: false });
    expect((await readdir(folder)).toSorted()).toEqual(['allure-results', 'summary.md', 'timeline.svg', 'watch.json']);
    const read: unknown = JSON.parse(await readFile(join(folder, 'watch.json'), 'utf8'));
    expect(watchReportSchema.parse(read)).toEqual(interrupted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
