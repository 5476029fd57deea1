import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SUITES } from '../../../helpers/model/suites.ts';
import { mesh, overlayOutage } from '../report/mesh.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netwright-packed-'));
const installed = join(folder, 'node_modules', 'netwright');
let files: string[] = [];

interface Lock {
  packages: Record<string, { dev?: boolean }>;
}

/** Installs what the package depends on as npm would, but without the registry: links to this checkout's packages. */
async function linkDependencies(): Promise<void> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const needed = Object.keys(packages).filter(
    (path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !packages[path]?.dev && existsSync(join(root, path)),
  );
  for (const path of needed) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
}

beforeAll(async () => {
  await execa('npm', ['run', 'build'], { cwd: root });
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error('npm packed nothing');
  files = packed.files.map(({ path }) => path);
  await linkDependencies();
  await execa('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
  await rename(join(folder, 'package'), installed);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const netwright = (...args: string[]) =>
  execa(process.execPath, [join(installed, 'bin', 'netwright.js'), ...args], { cwd: folder, reject: false });

describe('the package', () => {
  test('the package holds the documents, the sample report and the licence', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        '.env.example',
        'docs/findings/README.md',
        'reports/sample/report.json',
      ]),
    );
  });

  test('the package holds no TypeScript, no tests, no scripts, and nothing that a run or a developer left', () => {
    const unwanted =
      /\.ts$|^(cli|helpers|lab|scripts|suites|tests)\/|^reports\/(?!sample\/)|(^|\/)\.env$|\.log$|node_modules/;
    expect(files.filter((path) => unwanted.test(path))).toEqual([]);
  });

  test('the installed package prints its help', async () => {
    const { stdout, stderr, exitCode } = await netwright('run', '--help');
    expect({ stdout: stdout.split('\n')[0], stderr, exitCode }).toEqual({
      stdout: 'Usage: netwright run [options]',
      stderr: '',
      exitCode: 0,
    });
  }, 60_000);

  test('the installed package names its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect((await netwright('--version')).stdout).toBe(version);
  }, 60_000);

  test('the installed package diagnoses a recording and knows the page of a finding', async () => {
    const recording = join(folder, 'observations.ndjson');
    writeFileSync(
      recording,
      mesh(overlayOutage)
        .map((observation) => `${JSON.stringify(observation)}\n`)
        .join(''),
    );
    const { stdout, stderr } = await netwright('diagnose', recording);
    expect(stderr).toBe('');
    expect(stdout).toContain('node_modules/netwright/docs/findings/');
  }, 60_000);

  test('the installed package lists the faults that its lab can have', async () => {
    expect((await netwright('lab', 'fault', 'list')).stdout).toContain('vxlan-port-filtered-in-path/all');
  }, 60_000);

  test('vitest finds the suites of the installed package', async () => {
    const { stdout } = await execa(
      process.execPath,
      [
        join(folder, 'node_modules', 'vitest', 'vitest.mjs'),
        'list',
        '--filesOnly',
        '--json',
        '--root',
        join(installed, 'dist'),
      ],
      { cwd: folder },
    );
    const found = (JSON.parse(stdout) as { file: string }[]).map(({ file }) => file);
    expect(found.toSorted()).toEqual(
      SUITES.map((name) => join(installed, 'dist', 'suites', `${name}.suite.js`)).toSorted(),
    );
  }, 60_000);
});
