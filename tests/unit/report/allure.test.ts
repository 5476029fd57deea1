import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeSymptoms } from '../../../helpers/report/allure-bridge.ts';
import { writeAllureResults } from '../../../helpers/report/allure-results.ts';
import { allureConfig, generateAllureReport } from '../../../helpers/report/allure-report.ts';
import { writeReports } from '../../../helpers/report/write.ts';
import { outageObservations, outageReport } from './sample.ts';

const reportsDir = mkdtempSync(join(tmpdir(), 'netwright-allure-'));
const reportDir = join(reportsDir, '20260301-100000-abcd');
const resultsDir = join(reportDir, 'allure-results');
afterAll(() => rmSync(reportsDir, { recursive: true, force: true }));

interface Result {
  name: string;
  status: string;
  statusDetails: { message?: string; trace?: string };
  labels: { name: string; value: string }[];
  attachments: { name: string; source: string }[];
  historyId?: string;
  start: number;
  stop: number;
}

/** What vitest's Allure reporter writes of a test: a failure is "broken", a skip has no reason. */
function write(suite: string, name: string, status: string): void {
  const details = status === 'broken' ? { message: 'text', trace: 'text' } : {};
  const labels = [
    { name: 'parentSuite', value: suite },
    { name: 'host', value: 'the-machine' },
    { name: 'language', value: 'javascript' },
  ];
  const result = {
    uuid: name,
    name,
    status,
    statusDetails: details,
    stage: 'finished',
    steps: [],
    attachments: [],
    parameters: [],
    links: [],
    labels,
    fullName: `netwright:suites/${suite}.suite.ts#${suite} ${name}`,
    historyId: name,
    start: 1,
    stop: 2,
  };
  writeFileSync(join(resultsDir, `${name.replaceAll(/\W/g, '-')}-result.json`), JSON.stringify(result));
}

const resultsIn = (folder: string): Result[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('-result.json'))
    .map((file): Result => JSON.parse(readFileSync(join(folder, file), 'utf8')));
const result = (name: string) => resultsIn(resultsDir).find((each) => each.name === name);
const values = (name: string, label: string) =>
  result(name)
    ?.labels.filter((each) => each.name === label)
    .map(({ value }) => value);

beforeAll(async () => {
  mkdirSync(resultsDir, { recursive: true });
  for (const { suite, title, verdict } of outageReport.symptoms)
    write(suite, title, { pass: 'passed', fail: 'broken', inconclusive: 'skipped', skipped: 'skipped' }[verdict]);
  write('other', 'of another tool', 'passed');
  await writeReports(outageReport, outageObservations, { reportDir, html: true, env: {} });
  // Allure takes two seconds, and many more on a machine that is busy.
}, 120_000);

describe('the results for Allure', () => {
  const failed =
    'TCP passes between pods on different nodes: every pair that crosses nodes fails, every pair on one node passes ' +
    '(6 of 6 probes failed)';

  test('of a failed symptom say in the row where it fails, and are not red where it follows from a finding', () => {
    expect(result(failed)).toMatchObject({
      status: 'broken',
      statusDetails: {
        message:
          'follows from vxlan-port-filtered-in-path at every ordered pair of the 3 nodes\n' +
          (outageReport.symptoms[0]?.text ?? ''),
      },
    });
    expect(result(failed)?.statusDetails.trace).toBeUndefined();
    expect(values(failed, 'finding')).toEqual(['vxlan-port-filtered-in-path']);
    expect(values(failed, 'tag')).toEqual(['pod-to-pod', 'vxlan-port-filtered-in-path']);
  });

  test('of a failed symptom that follows from nothing are red', () => {
    const alone = { ...outageReport, symptoms: outageReport.symptoms.map((each) => ({ ...each, followsFrom: [] })) };
    bridgeSymptoms(resultsDir, alone, outageObservations);
    expect(result(failed)).toMatchObject({ status: 'failed', statusDetails: { message: alone.symptoms[0]?.text } });
    bridgeSymptoms(resultsDir, outageReport, outageObservations);
  });

  test('take as long as the probes of the symptom did', () => {
    const { start = 0, stop = 0 } = result(failed) ?? {};
    expect([new Date(start).toISOString(), stop - start]).toEqual(['2026-03-01T10:00:06.000Z', 2004]);
    const finding = result(outageReport.findings[0]?.title ?? '');
    expect((finding?.stop ?? 0) - (finding?.start ?? 0)).toBe(18_200);
  });

  test('of a failed symptom have the first observations that did not pass attached', () => {
    const [attachment] = result(failed)?.attachments ?? [];
    expect(attachment?.name).toBe('Observations that did not pass (the first 5 of 6)');
    const attached: unknown = JSON.parse(readFileSync(join(resultsDir, attachment?.source ?? ''), 'utf8'));
    expect(attached).toHaveLength(5);
    expect(result('TCP passes between nodes')?.attachments).toEqual([]);
  });

  test('of several findings stand in the order of the report: by their start, by which Allure sorts', () => {
    const folder = join(reportsDir, 'several');
    const [finding] = outageReport.findings;
    const titles = ['the second of the alphabet', 'a later problem'];
    const findings = titles.flatMap((title) => (finding ? [{ ...finding, title }] : []));
    writeAllureResults({ resultsDir: folder, report: { ...outageReport, findings }, observations: [] });
    expect(
      resultsIn(folder)
        .toSorted((a, b) => a.start - b.start)
        .map(({ name }) => name),
    ).toEqual(titles);
  });

  test('of a skipped and of an inconclusive one say why, and which of the two', () => {
    expect(result('a name outside the cluster resolves from every node')?.statusDetails.message).toBe(
      'no name outside the cluster is configured (NETWRIGHT_EXTERNAL_NAME)',
    );
    const unclear = 'names resolve by each CoreDNS replica from every node';
    expect(result(unclear)?.statusDetails.message).toBe(
      'inconclusive: 2 of 12 not observed: the probe at k3s-worker-02 could not be heard',
    );
    expect(values(unclear, 'verdict')).toEqual(['inconclusive']);
  });

  test('do not name the machine that Netwright ran on', () => {
    expect(values('TCP passes between nodes', 'host')).toEqual([]);
  });

  test('of something that is no symptom stay as they are', () => {
    expect(values('of another tool', 'host')).toEqual(['the-machine']);
  });

  test('hold one for each finding, with its evidence attached, the same from run to run', () => {
    const finding = result(outageReport.findings[0]?.title ?? '');
    expect(finding).toMatchObject({ status: 'failed', historyId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(finding?.attachments.map(({ name }) => name)).toEqual([
      ...(outageReport.findings[0]?.evidence.map(({ text }) => text) ?? []),
      'docs/findings/vxlan-port-filtered-in-path.md',
    ]);
    const cited: unknown = JSON.parse(readFileSync(join(resultsDir, finding?.attachments[0]?.source ?? ''), 'utf8'));
    expect(cited).toMatchObject([{ id: 'p1' }, { id: 'p2' }]);
  });

  test('have the environment and the picture', () => {
    expect(readFileSync(join(resultsDir, 'environment.properties'), 'utf8')).toContain('Overlay=flannel-vxlan');
    expect(readdirSync(resultsDir).filter((file) => file.endsWith('-attachment.svg'))).toHaveLength(1);
  });
});

describe('the report', () => {
  test('is one page that stands alone beside the other files, and nothing else is left', () => {
    expect(readdirSync(reportDir).toSorted()).toEqual([
      'allure-results',
      'allure.html',
      'allurerc.json',
      'findings',
      'junit.xml',
      'matrix.svg',
      'report.json',
      'summary.md',
    ]);
    expect(readFileSync(join(reportDir, 'allure.html'), 'utf8')).toContain('[aria-label^="Success rate"]');
    expect(allureConfig(outageReport)).toMatchObject({ name: expect.stringMatching(/: unhealthy: UDP 8472 between/) });
  });

  test('has a category for each finding, and one for what nothing explains', () => {
    expect(JSON.stringify(allureConfig(outageReport))).toContain(
      '"matchers":{"labels":{"finding":"vxlan-port-filtered-in-path"}}',
    );
  });

  test('that Allure cannot make is an error that names the command, and no page is left', async () => {
    const empty = join(reportDir, 'empty');
    mkdirSync(empty);
    await expect(
      generateAllureReport(outageReport, { resultsDir: join(empty, 'none'), reportDir: empty }),
    ).rejects.toMatchObject({ code: 'allure-report-failed', hint: expect.stringContaining('npx allure generate') });
    expect(existsSync(join(empty, 'allure.html'))).toBe(false);
  });
});

describe('bridging', () => {
  test('twice leaves what bridging once left', () => {
    const once = resultsIn(resultsDir);
    expect(bridgeSymptoms(resultsDir, outageReport, outageObservations)).toBe(outageReport.symptoms.length);
    expect(resultsIn(resultsDir)).toEqual(once);
  });
});
