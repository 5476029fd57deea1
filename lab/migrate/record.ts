import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Undo } from '../faults/lib/record.ts';
import type { LabSettings } from '../makes/settings.ts';
import { labPaths } from '../paths.ts';

export type Network = Exclude<LabSettings['network'], 'flannel'>;

/** A switch of a lab's network, as its folder has it from before the first step on. */
export interface Migration {
  to: Network;
  /** The half-way state at which it was stopped. */
  stoppedAt?: string;
  /** What the lab was before. */
  settings: LabSettings;
  /** What undoes it, oldest first. */
  undo: Undo[];
}

const pathOf = (lab: string): string => join(labPaths(lab).root, 'migration.json');

/** What was switched; undefined where nothing was. */
export async function readMigration(lab: string): Promise<Migration | undefined> {
  try {
    return JSON.parse(await readFile(pathOf(lab), 'utf8')) as Migration;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes it whole or not at all. */
export async function writeMigration(lab: string, migration: Migration): Promise<void> {
  const path = pathOf(lab);
  await writeFile(`${path}.new`, `${JSON.stringify(migration, undefined, 1)}\n`);
  await rename(`${path}.new`, path);
}

export const removeMigration = (lab: string): Promise<void> => rm(pathOf(lab), { force: true });
