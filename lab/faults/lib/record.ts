import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labPaths } from '../../paths.ts';
import { readRecord, writeRecord } from '../../record-file.ts';
import type { InForce } from './types.ts';

/** One step that mends: a command, and where it runs. */
export interface Undo {
  /** The fabric's, the edge's or a node's network namespace; all namespaces of a node; or kubectl's arguments. */
  on: 'fabric' | 'edge' | 'node-network' | 'node' | 'kubectl';
  node?: string;
  argv: string[];
  input?: string;
}

export interface Recorded extends InForce {
  /** Names this injection's own nft tables: two faults in force do not share one. */
  number: number;
  undo: Undo[];
}

const pathOf = (lab: string): string => join(labPaths(lab).root, 'faults.json');

/** What is in force in a lab, oldest first. */
export const readFaults = async (lab: string): Promise<Recorded[]> => (await readRecord<Recorded[]>(pathOf(lab))) ?? [];

/** Writes them whole or not at all. */
export const writeFaults = (lab: string, faults: Recorded[]): Promise<void> =>
  faults.length === 0 ? rm(pathOf(lab), { force: true }) : writeRecord(pathOf(lab), faults);
