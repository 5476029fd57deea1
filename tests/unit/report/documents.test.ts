import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { reportJson } from '../../../helpers/report/json.ts';
import { renderMarkdown, writeMarkdown } from '../../../helpers/report/markdown.ts';
import { matrices, mergedMatrix } from '../../../helpers/report/matrix.ts';
import { matrixSvg } from '../../../helpers/report/matrix-svg.ts';
import { runReportSchema } from '../../../helpers/report/run-report.ts';
import { runMatrixSvg } from '../../../helpers/report/write.ts';
import { whereText } from '../../../helpers/report/where.ts';
import { NODES } from './mesh.ts';
import { outageObservations, outageReport } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'netwright-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('report.json', () => {
  test('holds what was reported, and its schema reads it back', () => {
    expect(runReportSchema.parse(JSON.parse(reportJson(outageReport)))).toEqual(outageReport);
  });

  test('is not written when it would not be what readers expect', () => {
    expect(() => reportJson({ ...outageReport, counts: { ...outageReport.counts, failed: -1 } })).toThrow('failed');
  });
});

describe('summary.md', () => {
  test('has the verdict and the cause in its title, and every symptom that was not judged with its reason', () => {
    const text = renderMarkdown(outageReport, outageObservations);
    expect(text.split('\n')[0]).toBe(
      '# Network of lab:demo: unhealthy: UDP 8472 between the nodes is dropped on the way, so pods on different ' +
        'nodes cannot talk',
    );
    expect(text).toContain(
      '| coredns | a name outside the cluster resolves from every node | skipped | no name outside the cluster ' +
        'is configured (NETWRIGHT_EXTERNAL_NAME) |',
    );
    expect(text).toContain('`vxlan-port-filtered-in-path`, proved; every ordered pair of the 3 nodes');
  });

  test(
    'lists the failed probes that follow from none of the findings, ' + 'and has no such part where there are none',
    () => {
      const [first] = outageObservations.filter((each) => each.type === 'probe' && each.verdict === 'fail');
      const text = renderMarkdown({ ...outageReport, unexplained: [first?.id ?? ''] }, outageObservations);
      expect(text).toMatch(
        /## Follows from none of the findings\n\n<details>\n<summary>1 failed probe<\/summary>\n\n```text\nk3s-/,
      );
      expect(renderMarkdown(outageReport, outageObservations)).not.toContain('none of the findings');
    },
  );

  test('is also appended to the step summary where a workflow names one', () => {
    const stepSummary = join(folder, 'step.md');
    writeFileSync(stepSummary, 'before\n');
    writeMarkdown(join(folder, 'summary.md'), outageReport, outageObservations, { GITHUB_STEP_SUMMARY: stepSummary });
    const text = readFileSync(join(folder, 'summary.md'), 'utf8');
    const appended = readFileSync(stepSummary, 'utf8');
    expect(appended).toBe(`before\n${text.replace(/\[(docs[^\]]*)\]\(findings[^)]*\)/, '`$1`')}\n`);
  });

  test('is not appended to a step summary that would then be too long to be shown at all', () => {
    const full = join(folder, 'full.md');
    writeFileSync(full, 'x'.repeat(1024 * 1024 - 100));
    writeMarkdown(join(folder, 'summary.md'), outageReport, outageObservations, { GITHUB_STEP_SUMMARY: full });
    expect(readFileSync(full, 'utf8')).toMatch(/^x+$/);
  });

  test('leads to a copy of each page beside it, whose links lead to something as well', () => {
    writeMarkdown(join(folder, 'summary.md'), outageReport, outageObservations, {});
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('(findings/vxlan-port-filtered-in-path.md)');
    const page = readFileSync(join(folder, 'findings', 'vxlan-port-filtered-in-path.md'), 'utf8');
    expect(page).toContain('UDP');
    expect([...page.matchAll(/\]\(([^)]*)\)/g)].filter(([, to = '']) => !to.includes('://'))).toEqual([]);
  });

  test('stays a page that can be opened, however much failed, and has the verdict and the causes first', () => {
    const many = <T>(each: T): T[] => Array.from({ length: 5000 }, () => each);
    const [finding] = outageReport.findings;
    const [symptom] = outageReport.symptoms;
    if (!finding || !symptom) throw new Error('the sample has a finding and a symptom');
    const evidence = many({ text: 'e'.repeat(300), observations: [] });
    const text = renderMarkdown(
      {
        ...outageReport,
        findings: many({ ...finding, evidence }).slice(0, 40),
        symptoms: [...many(symptom), ...many({ ...symptom, followsFrom: [] })],
        holes: many({ what: 'h'.repeat(300), why: '' }),
      },
      outageObservations,
    );
    expect(Buffer.byteLength(text)).toBeLessThan(140 * 1024);
    expect(text.indexOf('## Findings')).toBeLessThan(1000);
    expect(text).toContain('report.json');
  });
});

describe('the picture of the matrix', () => {
  const svg = matrixSvg(
    [mergedMatrix(outageObservations, NODES), ...matrices(outageObservations, NODES)],
    'Node to node <lab & demo>',
  );

  test('has a labelled cell for every ordered pair of every way', () => {
    expect(svg.match(/<title>k3s-[^<]*→ k3s-/g)).toHaveLength(9 * 5);
    expect(svg).toContain(
      '<title>k3s-worker-01 → k3s-worker-02: fails (0 passed, 1 failed, 0 not observed, 100 % lost)</title>',
    );
  });

  test('of a large cluster is drawn of all ways together, and beyond that of a few that fail', () => {
    const large = {
      ...outageReport,
      cluster: { ...outageReport.cluster, nodes: [...NODES, ...Array.from({ length: 17 }, (_, index) => `n${index}`)] },
    };
    const panels = (report: typeof large) =>
      [...(runMatrixSvg(report, outageObservations) ?? '').matchAll(/font-size="14">([^<]*)</g)].map(
        ([, name]) => name,
      );
    expect(panels(large)).toEqual(['all ways', 'pod → pod, TCP', 'pod → pod, UDP']);
    expect(panels(outageReport)).toHaveLength(5);
  });

  test('is not drawn where nothing was asked between nodes', () => {
    const services = outageObservations.map(
      (observation) => ({ ...observation, suite: 'cluster-ip' }) as typeof observation,
    );
    expect(runMatrixSvg(outageReport, services)).toBeUndefined();
    expect(renderMarkdown(outageReport, services)).not.toContain('Node to node');
  });

  test('shows how each node and the load balancer answer from outside, beside all ways together', () => {
    const entries = [
      { node: 'k3s-worker-01', nodePort: 'pass', ingress: 'fail' } as const,
      { ingress: 'pass' } as const,
    ];
    const drawn = matrixSvg([mergedMatrix(outageObservations, NODES)], 'with entries', entries);
    expect([...drawn.matchAll(/<title>((?:NodePort|ingress) of [^<]*)</g)].map(([, title]) => title)).toEqual([
      'NodePort of k3s-worker-01: passes',
      'ingress of k3s-worker-01: fails',
      'ingress of load balancer: passes',
    ]);
  });

  test('stands alone: nothing is loaded, and names cannot break out of it', () => {
    expect(svg).not.toMatch(/href|url\(h|<script|@import/);
    expect(svg).toContain('<title>Node to node &lt;lab &amp; demo&gt;</title>');
  });
});

describe('where a finding is', () => {
  const pair = { from: 'a', to: 'b' };
  test.each([
    ['every pair', [pair, { from: 'b', to: 'a' }], 'every ordered pair of the 2 nodes'],
    ['one direction', [pair], 'a → b'],
    ['a host on a node', [{ host: 'my.keybuzz.io', node: 'a' }], 'host my.keybuzz.io on a'],
    ['no place in particular', [], 'the cluster as a whole'],
    ['many places', Array.from({ length: 6 }, (_, index) => ({ node: `n${index}` })), 'n0; n1; n2; n3; and 2 more'],
  ])('%s', (_, locations, expected) => {
    expect(whereText(locations, ['a', 'b'])).toBe(expected);
  });
});
