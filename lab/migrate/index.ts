import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, NetwrightError } from '../../helpers/errors.ts';
import { FaultContext } from '../faults/lib/context.ts';
import { reachOf, undoAll } from '../faults/lib/force.ts';
import { readFaults } from '../faults/lib/record.ts';
import { waitUntilSound } from '../faults/lib/sound.ts';
import type { Kit } from '../kit.ts';
import type { LabSettings } from '../makes/settings.ts';
import { labPaths } from '../paths.ts';
import { owning } from '../run-in.ts';
import { CALICO_KINDS } from '../setup/calico.ts';
import { readState, writeState } from '../state.ts';
import type { HalfWay } from './half-way.ts';
import { takeLeftOversAway } from './left-overs.ts';
import { switchNode, writeSettings } from './node.ts';
import { recreatePods, waitAWhile, waitForWorkloads } from './pods.ts';
import {
  readMigration,
  removeMigration,
  writeMigration,
  type Migration,
  type Network,
  type SwitchedSettings,
} from './record.ts';

export interface MigrateOptions {
  name: string;
  to: Network;
  kit: Kit;
  /** The half-way state in which it is left. */
  state?: HalfWay | undefined;
  /** Takes away what flannel leaves. */
  clean?: boolean;
  onProgress: (text: string) => void;
  /** Stops it between two steps; what was done can be undone. */
  signal?: AbortSignal;
}

function refuse(problem: string, hint: string): never {
  throw new NetwrightError(problem, { code: 'lab-migrate', hint, exitCode: ExitCode.usage });
}

/** What a lab is after its switch: felix enforces policies, whoever did before. */
const settingsAfter = (settings: LabSettings, to: Network): SwitchedSettings => ({
  ...settings,
  network: to,
  policy: 'none',
});

/**
 * The settings of a lab that can be switched to Calico. Throws a usage error for one that is not up, not flannel's, has
 * both address families or faults in force.
 */
export async function checkMigration(lab: string): Promise<LabSettings> {
  const { phase, settings } = await readState(lab);
  if (phase !== 'up') refuse(`the lab ${lab} is not up`, `netwright lab down --name ${lab}, then up again`);
  if (await readMigration(lab)) refuse(`the lab ${lab} was switched`, `netwright lab migrate --name ${lab} --back`);
  if (settings.network !== 'flannel')
    refuse(`the lab ${lab} has ${settings.network} already`, 'bring a lab up with --network flannel');
  if (settings.families === 'dual')
    refuse(`the lab ${lab} has both address families`, 'the lab has Calico for IPv4 alone');
  if ((await readFaults(lab)).length > 0)
    refuse(`the lab ${lab} has faults in force`, `netwright lab fault heal --name ${lab}`);
  return settings;
}

/** The context in which each step is recorded with its undoing before it is taken, one record after the other. */
async function recording(migration: Migration, lab: string): Promise<FaultContext> {
  let written = writeMigration(lab, migration);
  await written;
  // Tables of the faults have numbers from 1 on.
  return new FaultContext(await reachOf(lab), 0, (undo) => {
    migration.undo.push(undo);
    written = written.then(() => writeMigration(lab, migration));
    return written;
  });
}

async function migrate({ name, to, kit, state, clean = false, onProgress, signal }: MigrateOptions): Promise<boolean> {
  const before = await checkMigration(name);
  const settings = settingsAfter(before, to);
  const lab = await recording({ to, settings: before, undo: [], ...(state && { stoppedAt: state.name }) }, name);
  const { nodes } = lab.status;
  const lastServer = nodes.findLast(({ role }) => role === 'server');

  onProgress("writing flannel-backend: none and disable-network-policy: true into every server's file");
  const servers = nodes.filter(({ role }) => role === 'server');
  for (const server of servers)
    if (state?.lastServer !== 'unset' || server !== lastServer) await writeSettings(lab, server, settings);

  onProgress("starting the nodes' components anew without flannel, and Calico on every node");
  const { pki } = labPaths(name);
  await copyFile(join(pki, 'flannel.conf'), join(pki, 'calico.conf'));
  const kinds = join(kit.calicoBinDir, CALICO_KINDS);
  await lab.kubectl(['apply', '--server-side', '-f', kinds], undefined, ['delete', '--wait=true', '-f', kinds]);
  await Promise.all(
    nodes.map((node) =>
      switchNode(lab, kit, node, settings, {
        isRestarted: state?.lastServer === undefined || node !== lastServer,
        keepsConfiguration: state?.keepsConfiguration === true && node === nodes.at(-1),
        state,
      }),
    ),
  );
  signal?.throwIfAborted();
  await state?.before?.(lab, to);

  const { kubectl, ...rest } = await readState(name);
  await writeState({ ...rest, kubectl, settings });
  const ask = (args: string[], input?: string) => lab.kubectl(args, input);
  if (!state?.keepsPods) {
    onProgress('making the pods anew');
    await recreatePods(ask);
  }
  signal?.throwIfAborted();
  if (!state) await waitForWorkloads(ask);
  const isRolledOut = state ? await waitAWhile(ask) : true;
  if (clean) {
    onProgress('taking away what flannel left');
    await takeLeftOversAway(lab);
  }
  // Last: what a state leaves is not taken away with the rest.
  await state?.after?.(lab, to);
  // Pods are Ready before routes to all of them are on every node, and rules of Services follow their endpoints.
  if (!state) await waitUntilSound(await reachOf(name));
  return isRolledOut;
}

/**
 * Switches a running lab from flannel to Calico as the incident did it, and leaves what such a switch leaves. With a
 * half-way state it is left in that. Resolves to whether all workloads have rolled out, and without a state when the
 * new network joins every two nodes and Services answer; throws where they do not. What was done is recorded, so that
 * `migrateBack` undoes it, after a failure too.
 */
export const migrateLab = (options: MigrateOptions): Promise<boolean> => owning(options.name, () => migrate(options));

/** Undoes a switch, whole or half, and resolves when flannel joins every two nodes again. */
export async function migrateBack(name: string, onProgress: (text: string) => void): Promise<void> {
  const migration = await readMigration(name);
  if (!migration) return refuse(`the lab ${name} was not switched`, 'netwright lab migrate --to calico-ipip');
  if ((await readFaults(name)).length > 0)
    refuse(`the lab ${name} has faults in force`, `netwright lab fault heal --name ${name}`);
  const reach = await reachOf(name);
  onProgress('taking Calico away, and starting flannel again');
  await undoAll(reach, migration);
  const { kubectl, ...rest } = await readState(name);
  await writeState({ ...rest, kubectl, settings: migration.settings });
  onProgress('making the pods anew');
  await recreatePods(reach.kubectl);
  await waitUntilSound(await reachOf(name));
  await removeMigration(name);
}
