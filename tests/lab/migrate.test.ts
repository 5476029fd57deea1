import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { injectFault } from '../../lab/faults/lib/force.ts';
import { labDown, labStatus, labUp, parseMakes } from '../../lab/index.ts';
import type { Kit } from '../../lab/kit.ts';
import { halfWayOf } from '../../lab/migrate/half-way.ts';
import { migrateBack, migrateLab } from '../../lab/migrate/index.ts';
import { prepareKit } from '../../lab/setup/index.ts';
import { readState } from '../../lab/state.ts';
import { acceptanceRun, snapshotRun, type LabRun } from '../../scripts/lib/gate-run.ts';
import { NAMED, troublesOf, type Named } from '../../scripts/lib/half-way.ts';

const name = 'nwmigrate';
const to = 'calico-ipip';
let folder: string;
let before: string;
let kit: Kit;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netwright-migrate-'));
  before = join(folder, 'before.json');
  kit = await prepareKit({ signal: new AbortController().signal, settings: parseMakes(`network=${to}`) });
  await labUp({ name, topology: 2, kit });
  await snapshotRun(name, folder, before);
}, 600_000);
afterAll(async () => {
  await labDown(name);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const onProgress = (): void => {};
const accept = (): Promise<LabRun> => acceptanceRun(name, folder, to, before);

/** What an acceptance says wrong of a state. */
async function wrongOf(state: string): Promise<string[]> {
  const { nodes } = await labStatus(name);
  return troublesOf(await accept(), NAMED[state] as Named, nodes);
}

// In the order of a migration that goes wrong first: each stands on what the one before left.
describe('a lab that is switched from flannel to Calico', () => {
  it('is not accepted half-way, and the state is named with its node', { timeout: 420_000 }, async () => {
    await migrateLab({ name, to, kit, state: halfWayOf('not-restarted'), onProgress });
    expect(await wrongOf('not-restarted')).toEqual([]);
    await migrateBack(name, onProgress);
    expect((await readState(name)).settings).toMatchObject({ network: 'flannel' });
  });

  it('is accepted as a whole, without what flannel leaves, against the snapshot', { timeout: 420_000 }, async () => {
    await migrateLab({ name, to, kit, clean: true, onProgress });
    const { report, exitCode } = await accept();
    expect({ exitCode, sentence: report?.acceptance?.sentence }).toEqual({
      exitCode: 0,
      sentence: expect.stringMatching(/^accepted: calico-ipip on 2 nodes, .*held against flannel-vxlan before$/),
    });
  });

  it('is not accepted any more when felix ends on a node', { timeout: 240_000 }, async () => {
    await injectFault(name, 'calico-felix-stopped');
    expect(await wrongOf('felix-missing')).toEqual([]);
  });
});
