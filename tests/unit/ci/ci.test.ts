import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadYaml } from '@kubernetes/client-node';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { calledWorkflow, compositeAction, gitlabJobs } from './schemas.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string): unknown => loadYaml(readFileSync(join(root, file), 'utf8'));
const action = compositeAction.parse(read('action.yml'));
const workflow = calledWorkflow.parse(read('.github/workflows/network-gate.yml'));
const gitlab = gitlabJobs.parse(read('deploy/ci/gitlab.yml'));

const folder = mkdtempSync(join(tmpdir(), 'netwright-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** In place of npx: notes what it is given, writes what a run writes, and ends with a code. */
const NPX = `#!/bin/sh
{ for word in "$@"; do printf '%s\\n' "$word"; done; env | sort; } > "$DESK/asked"
[ -n "\${NETWRIGHT_KUBECONFIG:-}" ] && cat "$NETWRIGHT_KUBECONFIG" > "$DESK/kubeconfig"
if [ "$CODE" != 2 ]; then
  mkdir -p "$DESK/out/20260301-020000-ab01"
  cd "$DESK/out/20260301-020000-ab01"
  printf '{\\n  "runId": "20260301-020000-ab01",\\n  "verdict": "unhealthy",\\n  "x": 1\\n}\\n' > report.json
  echo '<testsuites/>' > junit.xml
fi
exit "$CODE"
`;

interface Ended {
  code: number | undefined;
  output: string;
  desk: string;
  file: (name: string) => string;
}

/** Runs a step's shell with a stand-in for npx that ends with this code. */
async function runShell(shell: string[], script: string, code: number, env: Record<string, string>): Promise<Ended> {
  const desk = join(folder, String((count += 1)));
  mkdirSync(join(desk, 'bin'), { recursive: true });
  writeFileSync(join(desk, 'bin', 'npx'), NPX);
  chmodSync(join(desk, 'bin', 'npx'), 0o755);
  const { exitCode } = await execa(shell[0] ?? '', [...shell.slice(1), script], {
    cwd: desk,
    extendEnv: false,
    env: {
      PATH: `${join(desk, 'bin')}:/usr/bin:/bin`,
      DESK: desk,
      CODE: String(code),
      RUNNER_TEMP: desk,
      GITHUB_OUTPUT: join(desk, 'output'),
      ...env,
    },
    reject: false,
  });
  const file = (name: string) => (existsSync(join(desk, name)) ? readFileSync(join(desk, name), 'utf8') : '');
  return { code: exitCode, output: file('output'), desk, file };
}

/** As GitHub runs a step of the shell bash. */
const BASH = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c'];
const stepOf = (steps: readonly { id?: string | undefined; run?: string | undefined }[]) =>
  steps.find(({ id }) => id === 'run')?.run ?? '';
const script = stepOf(action.runs.steps);

/** What an input is by default, as GitHub gives it to the step. */
const inputs = (more: Record<string, string> = {}): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value = '' }]) => [
      `INPUT_${name.toUpperCase().replaceAll('-', '_')}`,
      value,
    ]),
  ),
  INPUT_REPORTS_DIR: 'out',
  ...more,
});

describe('the action', () => {
  test.each([0, 1, 3])('ends with the code of the run (%i), and tells it, the verdict and the report', async (code) => {
    const ended = await runShell(BASH, script, code, inputs());
    expect(ended.code).toBe(code);
    expect(ended.output).toBe(`exit-code=${code}\nreport=out/20260301-020000-ab01\nverdict=unhealthy\n`);
    expect(ended.file('asked')).toMatch(
      /^--yes\nnetwright@latest\nrun\n--profile\ngate\n--fail-on\ninconclusive\n--reports-dir\nout\n/,
    );
  });

  test('tells the code alone where no run began', async () => {
    const ended = await runShell(BASH, script, 2, inputs());
    expect([ended.code, ended.output]).toEqual([2, 'exit-code=2\n']);
  });

  test('gives budget, waiting and more arguments on, and its own inputs not as variables of Netwright', async () => {
    const more = { INPUT_BUDGET: '60s', INPUT_WAIT: '10m', INPUT_ARGUMENTS: '--suite coredns', INPUT_VERSION: '1.2.3' };
    const { file } = await runShell(BASH, script, 0, inputs(more));
    expect(file('asked')).toContain('netwright@1.2.3\n');
    expect(file('asked')).toContain('--budget\n60s\n--wait\n10m\n--suite\ncoredns\n');
    expect(file('asked')).not.toMatch(/^NETWRIGHT_/m);
  });

  test('hands a kubeconfig over by a file that is gone after the run, and not by the environment', async () => {
    const ended = await runShell(BASH, script, 1, inputs({ INPUT_KUBECONFIG: 'token: secret-1' }));
    expect(ended.file('kubeconfig')).toBe('token: secret-1\n');
    expect(existsSync(join(ended.desk, 'netwright-kubeconfig'))).toBe(false);
    expect(ended.file('asked')).not.toContain('secret-1');
  });

  test('names every input in a step, and no other', () => {
    const used = JSON.stringify(action.runs.steps).matchAll(/\binputs\.([a-z-]+)/g);
    expect([...new Set([...used].map(([, name = '']) => name))].toSorted()).toEqual(
      Object.keys(action.inputs).toSorted(),
    );
  });
});

describe('the workflow that others call', () => {
  const [job] = Object.values(workflow.jobs);

  test('runs what the action runs', () => {
    expect(stepOf(job?.steps ?? [])).toBe(script);
  });

  test('names every input and secret in its job, and no other', () => {
    const { inputs: own, secrets } = workflow.on.workflow_call;
    const text = JSON.stringify(job);
    const used = (kind: string) =>
      [
        ...new Set([...text.matchAll(new RegExp(`\\b${kind}\\.([a-z-]+)`, 'g'))].map(([, name = '']) => name)),
      ].toSorted();
    expect(used('inputs')).toEqual(Object.keys(own).toSorted());
    expect(used('secrets')).toEqual(Object.keys(secrets));
  });
});

describe('the job for GitLab', () => {
  const job = gitlab['netwright'];
  // GitLab joins the lines of a script, and ends at the first that fails.
  const lines = ['set -e', ...(job?.script ?? [])].join('\n');
  const env = { ...job?.variables, NETWRIGHT_REPORTS_DIR: 'out' } as Record<string, string>;

  test.each([0, 1, 2, 3])(
    'ends with the code of the run (%i), and leaves its JUnit file where it is read',
    async (code) => {
      const ended = await runShell(['sh', '-c'], lines, code, env);
      expect(ended.code).toBe(code);
      expect(ended.file(job?.artifacts.reports.junit ?? '')).toBe(code === 2 ? '' : '<testsuites/>\n');
      expect(ended.file('asked')).toMatch(/^--yes\nnetwright@latest\nrun\n/);
      expect(ended.file('asked')).not.toContain('NETWRIGHT_VERSION');
    },
  );

  test('warns, and does not fail, where something could not be observed', () => {
    expect(job?.allow_failure).toEqual({ exit_codes: 3 });
  });
});
