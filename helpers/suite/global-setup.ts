import type { TestProject } from 'vitest/node';
import { loadConfig } from '../config/load.ts';
import { NetwrightError } from '../errors.ts';
import { prepareRun } from '../run/prepare.ts';
import { newRunId } from '../run/run-id.ts';

/**
 * Gives the suites their run: the one that `netwright run` has prepared, or, when vitest is started by itself, one prepared here
 * and cleaned up after the last suite.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const prepared = process.env['NETWRIGHT_CONTEXT_FILE'];
  if (prepared) {
    project.provide('netwright', { contextPath: prepared });
    return undefined;
  }
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  try {
    const config = loadConfig({ env: process.env, cwd: process.cwd() });
    const run = await prepareRun({ config, runId: process.env['NETWRIGHT_RUN_ID'] ?? newRunId(), signal: interrupted.signal });
    project.provide('netwright', { contextPath: run.contextPath });
    return async () => {
      const trouble = await run.finish();
      if (trouble) process.stderr.write(`${trouble}\n`);
    };
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    // vitest prints an error of its set-up with a stack; this one is for people.
    throw Object.assign(new Error(`${error.message}\n${error.hint ?? ''}`), { stack: '' });
  }
}
