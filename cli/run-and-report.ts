import { loadConfig, requireKubeconfig } from '../helpers/config/load.ts';
import { ExitCode } from '../helpers/errors.ts';
import { publish } from '../helpers/run/publish.ts';
import { runSuites } from '../helpers/run/run-suites.ts';
import { beginRun } from '../helpers/run/whole-run.ts';
import { Progress } from './progress.ts';

export interface RunAndReportOptions {
  json: boolean;
  signal: AbortSignal;
  envFile?: string;
  overrides: Record<string, string | undefined>;
}

/**
 * One whole run: prepare, suites, diagnosis, reports, clean-up. Resolves to the exit code; what was observed before an
 * interruption is still reported. Throws a NetwrightError when nothing could be begun.
 */
export async function runAndReport({ json, signal, envFile, overrides }: RunAndReportOptions): Promise<number> {
  const config = loadConfig({ env: process.env, cwd: process.cwd(), envFile, overrides });
  // Asked here, before vitest is started for nothing.
  requireKubeconfig(config);
  const progress = new Progress();
  const run = beginRun({
    config,
    signal,
    onProgress: (text) => progress.stage(text),
    onTrouble: (text) => progress.note(text),
  });
  let exitCode: number = ExitCode.internal;
  try {
    await runSuites({
      run,
      onSuiteStart: (suite) => progress.suiteStarted(suite),
      onSuiteEnd: (end) => progress.suiteEnded(end),
      onEnd: async (ended) => {
        exitCode = ended.exitCode;
        progress.end();
        await publish(ended, { json });
      },
    });
    return exitCode;
  } finally {
    progress.end();
  }
}
