import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labPaths } from '../../paths.ts';
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
export async function readFaults(lab: string): Promise<Recorded[]> {
  try {
    return JSON.parse(await readFile(pathOf(lab), 'utf8')) as Recorded[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Writes them whole or not at all. */
export async function writeFaults(lab: string, faults: Recorded[]): Promise<void> {
  const path = pathOf(lab);
  if (faults.length === 0) return rm(path, { force: true });
  await writeFile(`${path}.new`, `${JSON.stringify(faults, undefined, 1)}\n`);
  await rename(`${path}.new`, path);
}
