import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { NetwrightError } from '../errors.ts';
import { systemCode } from './files.ts';

/** A variable's text and where it came from. */
export interface Sourced {
  value: string;
  from: string;
}

export interface ConfigSources {
  /** The real environment; wins over the file. */
  env: NodeJS.ProcessEnv;
  /** Folder against which relative paths are read, and in which .env is looked for. */
  cwd: string;
  /** Another file in place of `.env`; must then exist. */
  envFile?: string;
  /** From the command line; wins over all. */
  overrides?: Readonly<Record<string, string | undefined>>;
}

function readEnvFile({ cwd, envFile }: ConfigSources): Record<string, string> {
  const path = envFile ?? join(cwd, '.env');
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT' && envFile === undefined) return {};
    throw new NetwrightError(`could not read the configuration file ${path}: ${code}`, {
      code: 'config-file-unreadable',
      hint:
        'name a file that exists and that you may read, or leave it out: .env in the current folder is read when ' +
        'it is there',
      cause,
    });
  }
}

/**
 * All that is set, by name: command line over environment over file. An empty text counts as not set, and hides what
 * lies under it.
 */
export function gather(sources: ConfigSources): Map<string, Sourced> {
  const { env, envFile, overrides = {} } = sources;
  const layers = [
    { from: envFile ?? '.env', values: readEnvFile(sources) },
    { from: 'environment', values: env },
    { from: 'command line', values: overrides },
  ];
  const gathered = new Map<string, Sourced>();
  for (const { from, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) gathered.set(name, { value: value.trim(), from });
    }
  }
  return new Map([...gathered].filter(([, { value }]) => value !== ''));
}
