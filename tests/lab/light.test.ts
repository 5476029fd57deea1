import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { gateRun } from '../../scripts/lib/gate-run.ts';
import { LabBench } from './bench.ts';

const LAB = 'nw-light';
const NODES = 3;
let folder: string;
let bench: LabBench;

async function gate(): Promise<RunReport> {
  const { report, printed } = await gateRun(LAB, folder, { NETWRIGHT_HTML_REPORT: '0' });
  if (!report) throw new Error(printed);
  return report;
}

describe(`a lab of ${NODES} light nodes`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netwright-light-'));
    const settings = parseMakes('nodes=light');
    const kit = await prepareKit({ signal: new AbortController().signal, settings });
    await labUp({ name: LAB, topology: NODES, settings, kit });
    bench = await LabBench.open(LAB);
  }, 400_000);
  afterAll(async () => {
    bench[Symbol.dispose]();
    await labDown(LAB);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('is healthy, and every suite has something to look at', { timeout: 180_000 }, async () => {
    const report = await gate();
    expect(report).toMatchObject({ verdict: 'healthy', findings: [], holes: [] });
    expect(report.symptoms.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  it('starts a program again that ended, and gives a new pod an address', { timeout: 120_000 }, async () => {
    const pods = (...args: string[]) => bench.kubectl(['-n', 'keybuzz', ...args]);
    await pods('exec', 'deployment/keybuzz-ui', '--', 'node', '-e', 'process.kill(1, "SIGTERM")').catch(() => '');
    await expect
      .poll(() => pods('get', 'pods', '-o', 'jsonpath={.items[*].status.containerStatuses[*].restartCount}'), {
        timeout: 30_000,
      })
      .toContain('1');
    await pods('rollout', 'restart', 'deployment/keybuzz-api');
    await pods('rollout', 'status', 'deployment/keybuzz-api', '--timeout=60s');
  });
});
