import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { openReportOf } from '../../helpers/report/open-report.ts';
import { run } from '../../lab/run-in.ts';
import { LabBench } from './bench.ts';

const CRD = 'clusterreports.openreports.io';
const asked = { NETWRIGHT_OPEN_REPORT: '1', NETWRIGHT_SUITES: 'cluster-ip' };
let bench: LabBench;

beforeAll(async () => {
  bench = await LabBench.open();
});
afterAll(async () => {
  await bench.kubectl(['delete', 'crd', CRD, '--ignore-not-found']);
  bench[Symbol.dispose]();
});

/** The API as its own module defines it. */
async function installOpenReports(): Promise<void> {
  const module = await run(['go', 'mod', 'download', '-json', 'github.com/openreports/reports-api@v0.2.1'], {
    cwd: bench.folder,
  });
  const { Dir } = JSON.parse(module) as { Dir: string };
  const definition = await readFile(join(Dir, 'config/crd/openreports.io_clusterreports.yaml'), 'utf8');
  await bench.kubectl(['apply', '--server-side', '-f', '-'], definition);
  await bench.kubectl(['wait', '--for=condition=Established', `crd/${CRD}`, '--timeout=20s']);
}

test('A run is the ClusterReport of its cluster where asked for; a cluster without that API is told', async () => {
  const without = await bench.run(['run'], asked);
  expect([without.code, without.stderr]).toEqual([
    0,
    expect.stringContaining('was not written: the cluster has no openreports.io/v1alpha1'),
  ]);
  await installOpenReports();
  for (let nights = 0; nights < 2; nights += 1) {
    const night = await bench.run(['run'], asked);
    expect([night.code, night.stderr]).toEqual([0, expect.not.stringContaining('was not written')]);
    const written = JSON.parse(await bench.kubectl(['get', CRD, 'netwright', '-o', 'json'])) as ReturnType<
      typeof openReportOf
    >;
    expect(written).toMatchObject({
      metadata: { annotations: { 'netwright.io/run': night.report?.runId } },
      source: 'netwright',
      summary: { fail: 0, error: 0 },
    });
    expect(written.results).toHaveLength(night.report?.symptoms.length ?? -1);
  }
}, 120_000);
