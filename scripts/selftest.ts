import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { execa } from 'execa';
import { ExitCode } from '../helpers/errors.ts';
import { prepareKit } from '../lab/setup/index.ts';
import { onInterrupt } from '../helpers/run/interrupts.ts';
import { runProgram } from '../cli/run-program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** A check that is one test: it passes or fails as a whole. */
async function check(title: string, file: string, args: string[], signal: AbortSignal): Promise<Tally> {
  process.stdout.write(`${title}\n`);
  const { exitCode } = await execa(file, args, {
    cwd: root,
    preferLocal: true,
    stdio: 'inherit',
    reject: false,
    cancelSignal: signal,
  });
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

/** Runs a project of tests. One that ends without saying what it ran has failed. */
async function tests(project: string, signal: AbortSignal): Promise<Tally> {
  process.stdout.write(`${project} tests\n`);
  const folder = await mkdtemp(join(tmpdir(), 'netwright-selftest-'));
  const outputFile = join(folder, 'results.json');
  const args = [
    'run',
    '--config',
    'tests/vitest.config.ts',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${outputFile}`,
  ];
  const { exitCode } = await execa('vitest', args, {
    cwd: root,
    preferLocal: true,
    stdio: 'inherit',
    reject: false,
    cancelSignal: signal,
  });
  const text = await readFile(outputFile, 'utf8').catch(() => '{}');
  await rm(folder, { recursive: true, force: true });
  const {
    numPassedTests: passed = 0,
    numFailedTests: failed = 0,
    numPendingTests: pending = 0,
    numTodoTests: todo = 0,
  } = JSON.parse(text) as Record<string, number>;
  // A file that could not be loaded, or an error outside of tests, fails no test and is a failure all the same.
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: pending + todo };
}

// npm test: set-up, type check, lint, unit tests, lab tests; the last line counts them all.
await runProgram(
  new Command('selftest').description("run Netwright's own checks and tests").action(async () => {
    const interrupts = onInterrupt();
    const { signal } = interrupts;
    try {
      await prepareKit({ signal });
      const tallies = [
        await check('type check', 'tsc', ['--noEmit'], signal),
        await check('lint', 'oxlint', ['--type-aware', '--deny-warnings'], signal),
        await tests('unit', signal),
        await tests('lab', signal),
      ];
      const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
      process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? ExitCode.unhealthy : ExitCode.healthy;
      process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
    } finally {
      interrupts.release();
    }
  }),
);
