import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { inNetns, run } from '../../lab/run-in.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { gateRun } from '../../scripts/lib/gate-run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-makes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A lab of two nodes for the tests of one group. */
function labOf(name: string, makes: string): void {
  beforeAll(async () => {
    const kit = await prepareKit({ signal: new AbortController().signal });
    await labUp({ name, topology: 2, settings: parseMakes(makes), kit });
  }, 300_000);
  afterAll(async () => {
    await labDown(name);
  }, 60_000);
}

async function gate(lab: string, suites = ''): Promise<RunReport> {
  const environment = { NETWRIGHT_HTML_REPORT: '0', ...(suites && { NETWRIGHT_SUITES: suites }) };
  const { report, printed } = await gateRun(lab, folder, environment);
  if (!report) throw new Error(printed);
  return report;
}

const brief = ({ verdict, findings }: RunReport) => ({ verdict, findings: findings.map(({ code }) => code) });

describe('a lab whose flannel has port 4789 and network identifier 7', () => {
  const name = 'nwmake-port';
  labOf(name, 'vxlan-port=4789,vni=7');

  it('is healthy', { timeout: 120_000 }, async () => {
    expect(brief(await gate(name))).toEqual({ verdict: 'healthy', findings: [] });
  });

  it('has a finding that names 4789 where that is dropped on the wire', { timeout: 120_000 }, async () => {
    const rules =
      'table bridge by_hand {\n chain way {\n type filter hook forward priority 0\n udp dport 4789 drop\n }\n}\n';
    await run(inNetns(`${name}-fabric`, ['nft', '-f', '-']), { stdin: 'pipe', input: rules });
    // By the name that the suite once had.
    const { findings } = await gate(name, 'vxlan');
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'vxlan-port-filtered-in-path',
        confidence: 'proved',
        title: expect.stringContaining('UDP 4789'),
        remedy: expect.stringContaining('UDP 4789'),
      }),
    ]);
  });
});

describe('a lab whose flannel has no tunnel', () => {
  const name = 'nwmake-gw';
  labOf(name, 'backend=host-gw');

  it('is healthy, and says why no bursts are counted', { timeout: 120_000 }, async () => {
    const report = await gate(name);
    expect(brief(report)).toEqual({ verdict: 'healthy', findings: [] });
    expect(report.symptoms.filter(({ suite }) => suite === 'overlay').map(({ verdict }) => verdict)).toEqual([
      'skipped',
      'pass',
      'pass',
    ]);
  });
});
