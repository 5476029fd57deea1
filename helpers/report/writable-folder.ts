import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { NetwrightError } from '../errors.ts';

/** The folder itself, or what of its path is there already. */
const nearest = (path: string): string => (existsSync(path) || dirname(path) === path ? path : nearest(dirname(path)));

/**
 * Looks whether reports can be written to a folder, which need not be there yet, and makes nothing. Throws
 * `reports-unwritable`: it is known before a cluster is touched, and not when there is something to write.
 */
export function requireWritable(folder: string): void {
  const place = nearest(folder);
  try {
    if (!statSync(place).isDirectory()) throw new Error(`${place} is no folder`);
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new NetwrightError(
      `reports cannot be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: 'reports-unwritable',
        hint: 'name a folder that may be written by NETWRIGHT_REPORTS_DIR; in a pod, that of a volume',
        cause: error,
      },
    );
  }
}
