import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['helpers', 'suites', 'cli'];
/** flannel's driver: what is known of it as names and numbers, and how it is tried. */
const DRIVER = /^helpers\/(model|observe)\/overlay\/flannel[a-z-]*\.ts$/;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

const mentions = (pattern: RegExp): string[] =>
  files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );

describe('a name of one kind of overlay', () => {
  it.each([
    ["flannel's port", /\b8472\b/],
    ["flannel's device", /flannel\.1\b/],
  ])('%s stands in its driver and nowhere else', (_, pattern) => {
    expect(mentions(pattern).filter((place) => !DRIVER.test(place.replace(/:\d+$/, '')))).toEqual([]);
  });

  it('is found where it stands', () => {
    expect(mentions(/\b8472\b/)).not.toEqual([]);
  });
});
