import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

interface Canary {
  spec: { junit: { testResults: string; spec: { containers: { command: string[]; args?: string[] }[] } }[] };
}

test.each([0, 1, 2])('canary-checker is told code %s of a run, and its JUnit where there is one', async (code) => {
  const [check] = loadYaml<Canary>(textOf('canary-checker')).spec.junit;
  const { command = [], args = [] } = check?.spec.containers[0] ?? {};
  const folder = mkdtempSync(join(tmpdir(), 'netwright-canary-'));
  try {
    const node = join(folder, 'node');
    writeFileSync(
      node,
      `#!/bin/sh\nshift 3\n[ ${code} = 2 ] || { mkdir -p "$1/now"; echo run > "$1/now/junit.xml"; }\nexit ${code}\n`,
    );
    chmodSync(node, 0o755);
    const results = check?.testResults.slice(0, check.testResults.lastIndexOf('/')) ?? '';
    const there = join(folder, 'results');
    mkdirSync(there);
    // As checks/junit.go of canary-checker lays it out.
    const line = [...command, ...args]
      .join(' ')
      .replaceAll(results, there)
      .replaceAll('/tmp/runs', join(folder, 'runs'));
    const script = `set -e\nEXIT_CODE=0\n${line} || EXIT_CODE=$?\necho $EXIT_CODE > ${there}/exit-code\nexit 0\n`;
    await execa('bash', ['-c', script], { extendEnv: false, env: { PATH: `${folder}:/usr/bin:/bin` } });
    expect(readdirSync(there)).toEqual(code === 2 ? ['exit-code'] : ['exit-code', 'junit.xml']);
    expect(readFileSync(join(there, 'exit-code'), 'utf8')).toBe(`${code}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(['canary-checker', 'testkube'])('%s runs the image and the ServiceAccount that deploy/ has', (name) => {
  const text = textOf(name);
  const base = readFileSync(join(root, 'deploy/kustomize/base/cronjob.yaml'), 'utf8');
  for (const key of ['image', 'serviceAccountName']) {
    const [, value = ''] = new RegExp(`${key}: (\\S+)`).exec(base) ?? [];
    expect(text).toContain(`${key}: ${value}\n`);
  }
});
