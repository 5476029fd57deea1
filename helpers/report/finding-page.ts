import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { currentCode } from '../model/former-codes.ts';
import { packageRoot } from '../package-root.ts';

/** The page of a finding's code, as Netwright's own folder has it: said where nothing can be linked. */
export const pageName = (code: string): string => `docs/findings/${currentCode(code)}.md`;

/**
 * Where a finding's page lies; undefined when there is none, as for a code of a newer Netwright in an old recording.
 */
export function pagePath(code: string): string | undefined {
  const path = join(packageRoot, pageName(code));
  return existsSync(path) ? path : undefined;
}

const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/**
 * The page as a link from a file in `from`. Undefined unless both lie in the current folder: a link that climbs out of
 * it holds on this machine alone, and tells of its folders.
 */
export function pageLink(code: string, from: string, cwd: string = process.cwd()): string | undefined {
  const path = pagePath(code);
  if (path === undefined || !isWithin(cwd, path) || !isWithin(cwd, resolve(cwd, from))) return undefined;
  return relative(resolve(cwd, from), path).replaceAll(sep, '/');
}
