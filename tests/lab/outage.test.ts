import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gateRun } from '../../scripts/lib/gate-run.ts';
import { diagnose } from '../../helpers/diagnose/index.ts';
import { readObservations } from '../../helpers/report/observations-file.ts';
import { runReportSchema, type RunReport } from '../../helpers/report/run-report.ts';
import { inNetns, run } from '../../lab/run-in.ts';
import { labStatus } from '../../lab/index.ts';

const lab = process.env['NETWRIGHT_TEST_LAB'] as string;
const { fabric, nodes } = await labStatus(lab);
const [first, second] = [nodes.at(-2), nodes.at(-1)] as [(typeof nodes)[number], (typeof nodes)[number]];
const names = nodes.map(({ name }) => name);
const everyPair = names.flatMap((from) => names.filter((to) => to !== from).map((to) => `${from} to ${to}`)).toSorted();

const nft = (...argv: string[]) => run(inNetns(fabric, ['nft', ...argv]));

/** What a person does at the fabric: a table of the bridge family with one rule that drops. */
async function dropOnTheWire(match: string): Promise<void> {
  await nft('add', 'table', 'bridge', 'by_hand');
  await nft('add', 'chain', 'bridge', 'by_hand', 'way', '{ type filter hook forward priority 0; }');
  await nft('add', 'rule', 'bridge', 'by_hand', 'way', ...match.split(' '), 'drop');
}

const proved = ({ findings }: RunReport) =>
  findings
    .filter(({ confidence }) => confidence === 'proved')
    .map(({ code, locations }) => ({ code, pairs: locations.map(({ from, to }) => `${from} to ${to}`).toSorted() }));
const failedProbes = (folder: string, { runId }: RunReport) =>
  readObservations(join(folder, runId, 'observations.ndjson')).flatMap((each) =>
    each.type === 'probe' && each.verdict === 'fail' ? [each] : [],
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-outage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const gate = async () => {
  const { report, exitCode, printed } = await gateRun(lab, folder, { NETWRIGHT_HTML_REPORT: '0' });
  if (!report) throw new Error(printed);
  return { report: runReportSchema.parse(report), exitCode };
};

describe('a lab on whose wire a person drops UDP 8472', () => {
  afterEach(async () => {
    await nft('delete', 'table', 'bridge', 'by_hand').catch(() => {});
  });

  it(
    'between all nodes is unhealthy by that one cause at all ordered ' + 'pairs, while all stays well within each node',
    async () => {
      await dropOnTheWire('udp dport 8472');
      const { report, exitCode } = await gate();
      expect({ exitCode, verdict: report.verdict, found: proved(report) }).toEqual({
        exitCode: 1,
        verdict: 'unhealthy',
        found: [{ code: 'vxlan-port-filtered-in-path', pairs: everyPair }],
      });
      expect(report.findings).toHaveLength(1);
      expect(
        failedProbes(folder, report).filter(
          ({ suite, source, destination }) => suite === 'pod-to-pod' && source.node === destination.node,
        ),
      ).toEqual([]);
      // The command to verify by and the symptoms are this run's own: a diagnosis of the file alone knows neither.
      const found = diagnose(readObservations(join(folder, report.runId, 'observations.ndjson'))).findings;
      const ofFile = ({ verify: _verify, explains, ...rest }: (typeof found)[number]) => ({
        ...rest,
        explains: explains.observations,
      });
      expect(found.map(ofFile)).toEqual(report.findings.map(ofFile));
    },
  );

  it('in one direction of one pair is unhealthy by that cause at that direction, and at no other', async () => {
    await dropOnTheWire(`ip saddr ${first.address} ip daddr ${second.address} udp dport 8472`);
    const { report, exitCode } = await gate();
    expect({ exitCode, found: proved(report) }).toEqual({
      exitCode: 1,
      found: [{ code: 'vxlan-port-filtered-in-path', pairs: [`${first.name} to ${second.name}`] }],
    });
  });
});

describe('a sound lab', () => {
  it('is healthy, costs two execs a node, and leaves all its reports', async () => {
    const { report, exitCode } = await gate();
    expect({
      exitCode,
      verdict: report.verdict,
      findings: report.findings,
      failed: failedProbes(folder, report),
    }).toEqual({ exitCode: 0, verdict: 'healthy', findings: [], failed: [] });
    expect(report.counts.execs).toBeLessThanOrEqual(2 * nodes.length);
    const left = await Promise.all(
      ['report.json', 'junit.xml', 'summary.md', 'matrix.svg', 'observations.ndjson'].map((name) =>
        readFile(join(folder, report.runId, name), 'utf8'),
      ),
    );
    expect(left.every((text) => text.length > 0)).toBe(true);
  });
});
