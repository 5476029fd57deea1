import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Undo } from '../faults/lib/record.ts';
import type { LabSettings } from '../makes/settings.ts';
import { labPaths } from '../paths.ts';
import { readRecord, writeRecord } from '../record-file.ts';

export type Network = Exclude<LabSettings['network'], 'flannel' | 'canal'>;

/** What a lab has once it is switched. */
export interface SwitchedSettings extends LabSettings {
  network: Network;
}

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
export const readMigration = (lab: string): Promise<Migration | undefined> => readRecord(pathOf(lab));

/** Writes it whole or not at all. */
export const writeMigration = (lab: string, migration: Migration): Promise<void> => writeRecord(pathOf(lab), migration);

export const removeMigration = (lab: string): Promise<void> => rm(pathOf(lab), { force: true });
