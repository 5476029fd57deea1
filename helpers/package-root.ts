import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}

/** Where package.json and docs/ are: the checkout, or the installed package, whose built files are a folder deeper. */
export const packageRoot = rootAbove(import.meta.dirname);

/** The ending of Netwright's own files: `.ts` in a checkout, `.js` in the package. */
export const sourceExtension = extname(import.meta.filename);
