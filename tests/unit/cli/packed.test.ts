import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netwright-packed-'));
const installed = join(folder, 'node_modules', 'netwright');
let files: string[] = [];

beforeAll(async () => {
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error('npm packed nothing');
  files = packed.files.map(({ path }) => path);
  await mkdir(join(folder, 'node_modules'));
  await execa('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
  await rename(join(folder, 'package'), installed);
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  test(
    'holds the documents, the sample report and the licence, and ' + 'neither tests nor what a run or a developer left',
    () => {
      expect(files).toEqual(
        expect.arrayContaining([
          'README.md',
          'LICENSE',
          'CHANGELOG.md',
          '.env.example',
          'docs/findings/README.md',
          'reports/sample/report.json',
          'vitest.config.ts',
          'bin/strip-types.js',
        ]),
      );
      expect(
        files.filter((path) => /^tests\/|^reports\/(?!sample\/)|(^|\/)\.env$|\.log$|node_modules|\.vitest/.test(path)),
      ).toEqual([]);
    },
  );

  test('runs below node_modules, where Node itself takes no types out of files', async () => {
    const { stdout, stderr } = await execa(
      process.execPath,
      [join(installed, 'bin', 'netwright.js'), 'run', '--help'],
      { cwd: folder },
    );
    expect(stdout).toContain('Usage: netwright run');
    expect(stderr).toBe('');
  }, 60_000);
});
