import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { NetwrightError } from '../errors.ts';

/**
 * Looks whether reports can be written to a folder, which need not be there yet, and makes nothing. Throws
 * `reports-unwritable`: it is known before a cluster is touched, and not when there is something to write.
 */
export function requireWritable(folder: string): void {
  let place = folder;
  for (;;) {
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
      if (statSync(place).isDirectory()) return;
      throw new Error(`${place} is no folder`);
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (isMissing && dirname(place) !== place) {
        place = dirname(place);
        continue;
      }
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
}
