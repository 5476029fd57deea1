import { join, relative } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../config/load.ts';
import { ExitCode, NetwrightError } from '../errors.ts';
import { markInterrupted, unmarkInterrupted } from '../run/interrupt-file.ts';
import { removeSignalListenersSince } from '../run/own-signals.ts';
import { prepareRun } from '../run/prepare.ts';
import { newRunId } from '../run/run-id.ts';

/**
 * Gives the suites their run: the one that `netwright run` has prepared, or, when vitest is started by itself, one
 * prepared here and cleaned up after the last suite.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const prepared = process.env['NETWRIGHT_CONTEXT_FILE'];
  if (prepared) {
    project.provide('netwright', { contextPath: prepared });
    return undefined;
  }
  removeSignalListenersSince(new Set());
  const interrupted = new AbortController();
  let reportDir: string | undefined;
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(ExitCode.interrupted);
    interrupted.abort(new DOMException('interrupted', 'AbortError'));
    process.exitCode = ExitCode.interrupted;
    if (reportDir !== undefined) markInterrupted(reportDir);
    // What runs after the last suite, the clean-up among it, runs all the same.
    void project.vitest.cancelCurrentRun('keyboard-input');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const config = loadConfig({ env: process.env, cwd: process.cwd() });
    const run = await prepareRun({
      config,
      runId: process.env['NETWRIGHT_RUN_ID'] ?? newRunId(),
      signal: interrupted.signal,
      onTrouble: (text) => process.stderr.write(`${text}\n`),
    });
    reportDir = run.context.reportDir;
    project.provide('netwright', { contextPath: run.contextPath });
    return async () => {
      unmarkInterrupted(run.context.reportDir);
      const trouble = await run.finish();
      if (trouble) process.stderr.write(`${trouble}\n`);
      const recording = relative(process.cwd(), join(run.context.reportDir, 'observations.ndjson'));
      process.stderr.write(`\nThe cause is named by: npx netwright diagnose ${recording}\n`);
    };
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    // vitest prints an error of its set-up with a stack; this one is for people.
    throw Object.assign(new Error(`${error.message}\n${error.hint ?? ''}`), { stack: '' });
  }
}
