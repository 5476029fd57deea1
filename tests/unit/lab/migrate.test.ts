import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { writeFaults } from '../../../lab/faults/lib/record.ts';
import { USUAL, type LabSettings } from '../../../lab/makes/settings.ts';
import { HALF_WAY, halfWayOf } from '../../../lab/migrate/half-way.ts';
import { checkMigration } from '../../../lab/migrate/index.ts';
import { writeMigration } from '../../../lab/migrate/record.ts';
import { writeState, type LabState } from '../../../lab/state.ts';
import { nodesOf } from '../../../lab/topology.ts';

describe('half-way states of a switch', () => {
  it('have each a name of its own', () => {
    expect(new Set(HALF_WAY.map(({ name }) => name)).size).toBe(HALF_WAY.length);
  });

  it('are found by name, and none where none is asked for', () => {
    expect(halfWayOf('pool-missing')).toMatchObject({ name: 'pool-missing' });
    expect(halfWayOf(undefined)).toBeUndefined();
  });

  it('are listed to whoever asks for one that there is not', () => {
    expect(() => halfWayOf('halfway')).toThrow(
      expect.objectContaining({ code: 'lab-migrate-state', hint: expect.stringContaining('flag-missing') }),
    );
  });

  it('have the other encapsulation than was asked for where that is what is wrong', () => {
    const { environment } = halfWayOf('wrong-encapsulation') ?? {};
    expect(environment?.('calico-ipip')).toEqual({ NETWORK: 'calico-vxlan' });
    expect(environment?.('calico-vxlan')).toEqual({ NETWORK: 'calico-ipip' });
  });
});

describe('a lab', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netwright-migrate-'));
    vi.stubEnv('NETWRIGHT_CACHE_DIR', folder);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  const recorded = async (name: string, settings: Partial<LabSettings> = {}, phase: LabState['phase'] = 'up') => {
    const nodes = nodesOf('small');
    await writeState({
      name,
      topology: 'small',
      settings: { ...USUAL, ...settings },
      nodes,
      phase,
      kubectl: 'kubectl',
      probeImage: 'none',
    });
    return name;
  };

  it("can be switched where it is flannel's, up and without faults", async () => {
    await expect(checkMigration(await recorded('plain'))).resolves.toEqual(USUAL);
  });

  it.each([
    ['not-up', {}, 'starting', 'is not up'],
    ['calico', { network: 'calico-vxlan' }, 'up', 'has calico-vxlan already'],
    ['dual', { families: 'dual' }, 'up', 'has both address families'],
  ] as const)('is refused: %s', async (name, settings, phase, problem) => {
    await expect(checkMigration(await recorded(name, settings, phase))).rejects.toThrow(problem);
  });

  it('is refused while a fault is in force, which a switch would mix with what it leaves', async () => {
    const name = await recorded('broken');
    const fault = { id: 'ip-forward-off', code: 'ip-forward-off', where: {}, expected: [], number: 1, undo: [] };
    await writeFaults(name, [fault]);
    await expect(checkMigration(name)).rejects.toThrow('has faults in force');
  });

  it('is refused when it was switched before, half or whole, with the way back', async () => {
    const name = await recorded('half');
    await writeMigration(name, { to: 'calico-ipip', settings: USUAL, undo: [] });
    await expect(checkMigration(name)).rejects.toThrow(
      expect.objectContaining({ hint: 'netwright lab migrate --name half --back' }),
    );
  });
});
