import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { Desk } from './netwright.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const desk = new Desk();
afterAll(() => desk[Symbol.dispose]());

/** Starts vitest on the suites as `npx vitest` does, from a folder that is not the project's. */
async function vitest(args: string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), ...args, '--root', root],
    {
      cwd: desk.folder,
      extendEnv: false,
      env: { HOME: desk.folder, PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...env },
      reject: false,
      stdin: 'ignore',
    },
  );
  return { code: exitCode, stdout: desk.stable(stdout), stderr: desk.stable(stderr) };
}

describe('vitest started by itself', { timeout: 60_000 }, () => {
  test('ends with the exit code and the text of an error of the configuration', async () => {
    const { code, stderr } = await vitest(['run'], { NETWRIGHT_TIMEOUT_MS: 'soon' });
    expect(code).toBe(2);
    expect(stderr).toContain('(config-invalid)');
    expect(stderr).not.toContain('    at ');
  });

  test('ends with the exit code and the text of a cluster that cannot be reached', async () => {
    const kubeconfig = desk.write(
      'kubeconfig',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const { code, stderr } = await vitest(['run'], { NETWRIGHT_KUBECONFIG: kubeconfig });
    expect(code).toBe(3);
    expect(stderr).toContain('connecting\nerror: ');
    expect(desk.reports()).toEqual([]);
  });

  test('lists the configured suites without touching a cluster', async () => {
    const { code, stdout } = await vitest(['list', '--filesOnly', '--json'], { NETWRIGHT_SUITES: 'ingress,coredns' });
    const files = (JSON.parse(stdout) as { file: string }[]).map(({ file }) => file.slice(root.length));
    expect([code, files.toSorted()]).toEqual([0, ['suites/coredns.suite.ts', 'suites/ingress.suite.ts']]);
  });
});
