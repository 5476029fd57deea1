import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** From the ground up, as docs/architecture.md says it; those in one row know nothing of each other. */
const LAYERS = [
  ['model'],
  ['config'],
  ['cluster', 'nodes'],
  ['probe'],
  ['observe'],
  ['diagnose'],
  ['report'],
  ['run'],
  ['suite'],
];
const rankOf = (layer: string): number => LAYERS.findIndex((row) => row.includes(layer));

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** Files of the project that a file imports, as paths from its root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) =>
    relative(root, resolve(root, file, '..', target as string)),
  );
}

describe('an import', () => {
  it('of a file in helpers/ leads to its own layer or one below it, and never out of helpers/', () => {
    const upwards = sources('helpers').flatMap((file) =>
      importsOf(file).flatMap((target) => {
        const [from, to] = [file, target].map((path) => /^helpers\/([^/]+)\//.exec(path)?.[1]);
        if (!target.startsWith('helpers/')) return [`${file} imports ${target}`];
        // Files of helpers/ itself and the documents of errors belong to all layers.
        if (to === undefined || to === 'errors' || from === to) return [];
        return from !== undefined && rankOf(to) < rankOf(from) ? [] : [`${file} imports ${target}`];
      }),
    );
    expect(upwards).toEqual([]);
  });

  it('of a suite leads to helpers/, and no file but a suite imports one', () => {
    expect(
      sources('suites').flatMap((file) => importsOf(file).filter((target) => !target.startsWith('helpers/'))),
    ).toEqual([]);
    expect(
      ['helpers', 'cli', 'lab']
        .flatMap(sources)
        .filter((file) => importsOf(file).some((target) => target.startsWith('suites/'))),
    ).toEqual([]);
  });

  it('of the lab never leads to the command line', () => {
    expect(sources('lab').filter((file) => importsOf(file).some((target) => target.startsWith('cli/')))).toEqual([]);
  });

  it('of scripts/ is made by scripts and tests alone, for the package does not ship them', () => {
    expect(
      ['helpers', 'cli', 'lab', 'suites']
        .flatMap(sources)
        .filter((file) => importsOf(file).some((target) => target.startsWith('scripts/'))),
    ).toEqual([]);
  });
});
