import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { labDown, labUp, parseMakes } from '../../lab/index.ts';
import type { Kit } from '../../lab/kit.ts';
import { migrateBack, migrateLab } from '../../lab/migrate/index.ts';
import { halfWayOf } from '../../lab/migrate/half-way.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { readState } from '../../lab/state.ts';
import { gateRun } from '../../scripts/lib/gate-run.ts';

const name = 'nwmigrate';
let folder: string;
let kit: Kit;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-migrate-'));
  kit = await prepareKit({ signal: new AbortController().signal, settings: parseMakes('network=calico-ipip') });
  await labUp({ name, topology: 2, kit });
}, 600_000);
afterAll(async () => {
  await labDown(name);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function gate(): Promise<Pick<RunReport, 'verdict'> & { codes: string[] }> {
  const { report, printed } = await gateRun(name, folder, { NETWRIGHT_HTML_REPORT: '0' });
  if (!report) throw new Error(printed);
  return { verdict: report.verdict, codes: report.findings.map(({ code }) => code) };
}

const onProgress = (): void => {};

describe('a lab that is switched from flannel to Calico', () => {
  it("has flannel's masquerade under Calico, which is found", { timeout: 180_000 }, async () => {
    await expect(migrateLab({ name, to: 'calico-ipip', kit, onProgress })).resolves.toBe(true);
    expect((await readState(name)).settings).toMatchObject({ network: 'calico-ipip' });
    expect(await gate()).toEqual({ verdict: 'unhealthy', codes: ['flannel-masquerade-left-over'] });
    await migrateBack(name, onProgress);
  });

  it(
    'is healthy when what flannel leaves is taken away, and has flannel again after',
    { timeout: 180_000 },
    async () => {
      await migrateLab({ name, to: 'calico-ipip', kit, clean: true, onProgress });
      expect(await gate()).toEqual({ verdict: 'healthy', codes: [] });
      await migrateBack(name, onProgress);
      expect((await readState(name)).settings).toMatchObject({ network: 'flannel' });
    },
  );

  it('stays half-way where it is told to', { timeout: 180_000 }, async () => {
    const state = halfWayOf('felix-missing');
    await expect(migrateLab({ name, to: 'calico-ipip', kit, state, onProgress })).resolves.toBe(false);
    await migrateBack(name, onProgress);
    expect(await gate()).toEqual({ verdict: 'healthy', codes: [] });
  });
});
