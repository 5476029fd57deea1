import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { NetwrightError } from '../helpers/errors.ts';
import { USUAL, type LabSettings } from './makes/settings.ts';
import { checkLabName, labPaths, labsRoot } from './paths.ts';
import type { LabNode, TopologySpec } from './topology.ts';

/** What is recorded of a lab before anything of it is made, so that it can be taken down whatever happens. */
export interface LabState {
  name: string;
  topology: TopologySpec;
  settings: LabSettings;
  nodes: LabNode[];
  /** `starting` until everything was rolled out. */
  phase: 'starting' | 'up';
  kubectl: string;
  probeImage: string;
}

/** Writes the state whole or not at all. */
export async function writeState(state: LabState): Promise<void> {
  const paths = labPaths(state.name);
  await mkdir(paths.root, { recursive: true, mode: 0o755 });
  await writeFile(`${paths.state}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(`${paths.state}.new`, paths.state);
}

/** The recorded state; undefined when there is none. */
export async function findState(name: string): Promise<LabState | undefined> {
  try {
    const state = JSON.parse(await readFile(labPaths(checkLabName(name)).state, 'utf8')) as LabState;
    // A lab that an older version brought up has the usual of what that did not know.
    return { ...state, settings: { ...USUAL, ...state.settings } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names of the labs that have a state folder, whatever state they are in. */
export async function listLabs(): Promise<string[]> {
  return readdir(labsRoot()).catch(() => []);
}

/** The recorded state. Throws a usage error that names the labs there are. */
export async function readState(name: string): Promise<LabState> {
  const state = await findState(name);
  if (state) return state;
  const others = await listLabs();
  throw new NetwrightError(`there is no lab named ${name}`, {
    code: 'lab-unknown',
    hint: others.length > 0 ? `labs here: ${others.join(', ')}` : `start one: netwright lab up --name ${name}`,
  });
}
