import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/**
 * Codes in a source: by the field, or as the argument of the two short-hands for errors of the API and of the
 * kubeconfig.
 */
function codesIn(path: string): string[] {
  const source = read(path);
  if (!/NetwrightError|sshError/.test(source)) return [];
  const fields = [...source.matchAll(/\bcode: '([a-z][a-z0-9-]*)'/g)].map(([, code]) => code ?? '');
  const shorthands = [...source.matchAll(/\b(?:reach\(\s*where|usage\(\s*`[^`]*`),\s*'([a-z][a-z0-9-]*)'/g)].map(
    ([, code]) => code ?? '',
  );
  // SSH's errors are made by a function that puts the hop's prefix before the code.
  const prefixed = fields.map((code) =>
    path.startsWith('helpers/nodes/') && !code.startsWith('ssh-') ? `ssh-${code}` : code,
  );
  return [...prefixed, ...shorthands];
}

const sources = ['helpers', 'cli', 'lab']
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
  .filter((path) => !path.startsWith('helpers/diagnose/'));
const used = new Map(sources.flatMap((path) => codesIn(path).map((code) => [code, path] as const)));
const documented = [...read('docs/errors.md').matchAll(/^\| `([a-z][a-z0-9-]*)` \|/gm)].map(([, code]) => code ?? '');

describe('docs/errors.md', () => {
  test('has every error code of the program', () => {
    expect(used.size).toBeGreaterThan(40);
    expect([...used].filter(([code]) => !documented.includes(code))).toEqual([]);
  });

  test('has no code that the program does not have, and none twice', () => {
    expect(documented.filter((code) => !used.has(code))).toEqual([]);
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });
});
