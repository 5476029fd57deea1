import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Folder of the pages beside a summary. */
const PAGES = 'findings';

/**
 * Copies the pages of these findings to `findings/` in a folder, so that a report's links hold wherever the folder is
 * taken. Returns the link to each; a code without a page has none. In a copy, links to what is not copied become text.
 */
export function writePages(codes: readonly string[], folder: string): ReadonlyMap<string, string> {
  const present = new Map<string, string>(
    [...new Set(codes.map(currentCode))].flatMap((code) => {
      const path = pagePath(code);
      return path === undefined ? [] : [[`${code}.md`, path] as const];
    }),
  );
  if (present.size > 0) mkdirSync(join(folder, PAGES), { recursive: true });
  for (const [name, path] of present) {
    const text = readFileSync(path, 'utf8').replaceAll(
      /\[([^\]]*)\]\(([^)\s]+)\)/g,
      (link, words: string, to: string) =>
        to.includes('://') || to.startsWith('#') || present.has(to.replace(/#.*/, '')) ? link : words,
    );
    writeFileSync(join(folder, PAGES, name), text);
  }
  return new Map(
    codes.flatMap((code) => {
      const name = `${currentCode(code)}.md`;
      return present.has(name) ? [[code, `${PAGES}/${name}`] as const] : [];
    }),
  );
}
