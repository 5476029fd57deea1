import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadYaml } from '@kubernetes/client-node';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (name: string) => readFileSync(join(root, 'deploy/others', `${name}.yaml`), 'utf8');

interface Plugin {
  'sonobuoy-config': { 'result-format': string };
  spec: { command: string[]; args: string[]; volumeMounts: { mountPath: string; name: string }[] };
}

test('The plugin of sonobuoy says that it is done, with JUnit beside, though no run began', async () => {
  const { spec, 'sonobuoy-config': config } = loadYaml<Plugin>(textOf('sonobuoy'));
  expect([config['result-format'], spec.volumeMounts]).toEqual([
    'junit',
    [{ mountPath: '/tmp/sonobuoy/results', name: 'results' }],
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'netwright-sonobuoy-'));
  try {
    const [shell = '', ...flags] = spec.command;
    const { stdout } = await execa(shell, [...flags, ...spec.args], {
      cwd: folder,
      extendEnv: false,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        SONOBUOY_RESULTS_DIR: folder,
        NETWRIGHT: `${process.execPath} ${join(root, 'cli/main.ts')}`,
      },
    });
    expect(stdout).toContain('no kubeconfig');
    const done = readFileSync(join(folder, 'done'), 'utf8');
    expect(done).toBe(join(folder, 'junit.xml'));
    expect(readFileSync(done, 'utf8')).toBe(
      '<testsuites><testsuite name="netwright" tests="1" errors="1"><testcase classname="netwright" ' +
        'name="a run begins"><error message="exit code 2"/></testcase></testsuite></testsuites>',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test.each(['canary-checker', 'testkube'])('%s runs the image and the ServiceAccount that deploy/ has', (name) => {
  const text = textOf(name);
  const base = readFileSync(join(root, 'deploy/kustomize/base/cronjob.yaml'), 'utf8');
  for (const key of ['image', 'serviceAccountName']) {
    const [, value = ''] = new RegExp(`${key}: (\\S+)`).exec(base) ?? [];
    expect(text).toContain(`${key}: ${value}\n`);
  }
});
