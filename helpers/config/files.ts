import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';

/** A path as a person writes it: `~/` is the home folder, the rest is relative to `cwd`. */
export function expandPath(path: string, cwd: string, env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  return path === '~' || path.startsWith('~/') ? resolve(home, path.slice(2)) : resolve(cwd, path);
}

/** The system's code of a file error (ENOENT, EACCES …). */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Why a file cannot be read; undefined when it can. */
export function whyUnreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() ? `${path} is a folder` : undefined;
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})`;
  }
}
