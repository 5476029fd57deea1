import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../../helpers/report/run-report.ts';
import { annotationLines } from '../../../helpers/report/annotations.ts';
import { writeAllureResults } from '../../../helpers/report/allure-results.ts';
import { reportJson } from '../../../helpers/report/json.ts';
import { renderJunit } from '../../../helpers/report/junit.ts';
import { renderMarkdown } from '../../../helpers/report/markdown.ts';
import { renderMetrics } from '../../../helpers/report/metrics.ts';
import { plainTexts } from '../../../helpers/report/plain.ts';
import { renderTerminal } from '../../../helpers/report/terminal.ts';
import { changed, filtered, reportOn } from './recorded-report.ts';

const ESC = '\u001B';
const repeated = (text: string, times: number) => text.repeat(times);

/** What a pod, a name server, a page, an event, a log or a banner may say. */
const HOSTILE: [string, string][] = [
  // Escape codes of terminals.
  ...[
    '[31m',
    '[2J',
    '[H',
    '[999;999H',
    '[?1049h',
    '[?25l',
    '[6n',
    '[c',
    '[5m',
    '[8m',
    'c',
    'M',
    '#8',
    '(0',
    '7',
    '[!p',
    ']0;title\u0007',
    ']2;title\u001B\\',
    ']8;;http://example.com\u0007link\u001B]8;;\u0007',
    ']52;c;cm0=\u0007',
    ']1337;File=:AAAA\u0007',
    'P1$r\u001B\\',
    '_G\u001B\\',
    '^x\u001B\\',
    'X\u001B\\',
    '[38;2;1;2;3m',
    '[1;2;3;4;5;6;7;8m',
    '[200~',
    '[>0c',
    '[20t',
    '[?1000h',
    '[4i',
  ].map((code): [string, string] => [`escape code ${JSON.stringify(code)}`, `a${ESC}${code}b`]),
  ['a code of eight bits', 'a\u009B31mb'],
  ['a title of eight bits', 'a\u009D0;x\u009Cb'],
  ['a code that never ends', `a${ESC}]0;${repeated('x', 9_000)}`],
  // Controls and what is no character.
  ...[0, 1, 3, 4, 7, 8, 11, 12, 14, 26, 27, 127, 128, 159].map((code): [string, string] => [
    `control ${code}`,
    `a${String.fromCodePoint(code)}b`,
  ]),
  ['a carriage return that overwrites', 'failed\rpassed'],
  ['half of a pair', 'a\uD800b'],
  ['the other half', 'a\uDC00b'],
  ['no character', 'a\uFFFE\uFFFFb'],
  ['text that is turned', 'a\u202Egnp.exe\u202Cb'],
  ['text that is isolated', 'a\u2066b\u2069'],
  // Markup.
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['an end of XML', ']]></failure></testcase></testsuite><testcase name="x"/>'],
  ['an entity', '&amp;&lt;&#0;&bogus;"\''],
  ['a fence', '```\n# a heading\n```'],
  ['a table', '| a | b |\n| --- | --- |'],
  ['a workflow command', '\n::error::x\n::set-output name=a::b\n::stop-commands::x'],
  ['a label of a metric', '"} 1\nnetwright_verdict{cluster="x"} 1\n#'],
  ['JSON', '"}],"verdict":"healthy","x":[{"'],
  // Size.
  ['a long word', repeated('x', 200_000)],
  ['many lines', repeated('line\n', 50_000)],
  ['many words', repeated('word ', 50_000)],
  ['emoji without end', repeated('👩‍👩‍👧‍👦', 20_000)],
  ['combining signs without end', `a${repeated('\u0301', 50_000)}`],
];

const folder = mkdtempSync(join(tmpdir(), 'netwright-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = reportOn(filtered);

/** A run in which whatever comes from outside says this. */
function told(text: string): { report: RunReport; seen: typeof filtered } {
  const [finding] = base.findings;
  if (!finding) throw new Error('the sample has a finding');
  const report: RunReport = {
    ...base,
    cluster: { ...base.cluster, serverVersion: text },
    findings: [
      { ...finding, title: text, remedy: text, verify: text, evidence: [{ text, observations: [] }] },
      { ...finding, confidence: 'candidate', title: text, locations: [{ host: text }, { service: text }] },
    ],
    unexplainedGroups: [{ title: text, location: {}, observations: [], confirm: text, isOwnProblem: true }],
    symptoms: base.symptoms.map((each, index) => (index < 4 ? { ...each, text } : each)),
    holes: [{ what: text, why: text }],
    sound: [text],
  };
  const seen = changed(filtered, ({ verdict }) => (verdict === 'fail' ? { reason: text } : undefined));
  return { report: plainTexts(report), seen };
}

// oxlint-disable-next-line no-control-regex -- these are the signs that must not be there
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/u;

test('There are more than sixty of them', () => {
  expect(HOSTILE.length).toBeGreaterThan(60);
});

describe.each(HOSTILE)('%s', (_what, text) => {
  const { report, seen } = told(text);

  test('breaks no terminal, and no page is without end', () => {
    const screen = renderTerminal(report, seen);
    expect(CONTROLS.exec(screen)).toBeNull();
    expect(screen.length).toBeLessThan(200_000);
    expect(screen).toMatch(/^UNHEALTHY/);
  });

  test('breaks neither JSON nor XML nor Markdown nor a metric nor an annotation', () => {
    expect(JSON.parse(reportJson(report))).toMatchObject({ verdict: 'unhealthy' });
    const xml = renderJunit(report);
    expect(CONTROLS.exec(xml)).toBeNull();
    expect(xml.match(/<testsuites /g)).toHaveLength(1);
    expect(xml.match(/<testcase /g)?.length).toBe(xml.match(/<testcase [^>]*\/>|<\/testcase>/g)?.length);
    expect(xml.replaceAll(/<\/?(?:testsuites?|testcase|failure|skipped|\?xml)\b[^<>]*>/g, '')).not.toMatch(/[<>]/);
    const markdown = renderMarkdown(report, seen);
    expect(CONTROLS.exec(markdown)).toBeNull();
    expect(markdown.length).toBeLessThan(300_000);
    const lines = annotationLines(report);
    expect(lines.every((line) => /^::(error|warning|notice) title=[^\n\r]*$/.test(line))).toBe(true);
    const metrics = renderMetrics(
      { ...report, cluster: { ...report.cluster, name: report.cluster.serverVersion } },
      seen,
    );
    const sample = /^netwright_[a-z0-9_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+\} [0-9.e+-]+$/;
    expect(metrics.split('\n').filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))).toEqual(
      [],
    );
  });

  test('breaks no result of Allure', () => {
    const resultsDir = mkdtempSync(join(folder, 'run-'));
    writeAllureResults({ resultsDir, report, observations: [] });
    const results = readdirSync(resultsDir).filter((name) => name.endsWith('-result.json'));
    expect(results.length).toBeGreaterThan(1);
    for (const name of results) {
      const content = readFileSync(join(resultsDir, name), 'utf8');
      expect(JSON.parse(content)).toHaveProperty('status');
      expect(content.length).toBeLessThan(100_000);
    }
  });
});
