import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../helpers/config/config.ts';
import { loadConfig, requireKubeconfig } from '../helpers/config/load.ts';
import { ExitCode } from '../helpers/errors.ts';
import type { Observation } from '../helpers/model/observation.ts';
import { readObservations } from '../helpers/report/observations-file.ts';
import { concludeRun } from '../helpers/run/conclude.ts';
import { markInterrupted, unmarkInterrupted } from '../helpers/run/interrupt-file.ts';
import { prepareRun, type PreparedRun } from '../helpers/run/prepare.ts';
import { newRunId } from '../helpers/run/run-id.ts';
import { startSuiteRunner, type SuiteRunner } from '../helpers/run/run-suites.ts';
import { exitCodeOf } from '../helpers/run/verdict.ts';
import { Progress } from './progress.ts';
import { version } from './version.ts';
import { publish } from './write-reports.ts';

export interface RunAndReportOptions {
  json: boolean;
  signal: AbortSignal;
  envFile?: string;
  overrides: Record<string, string | undefined>;
}

async function prepared(
  config: Config,
  runId: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ run: PreparedRun; runner: SuiteRunner }> {
  const runner = startSuiteRunner(join(config.reportsDir, runId));
  // Its failure is looked at when the run is ready, not before.
  runner.catch(() => {});
  try {
    const run = await prepareRun({
      config,
      runId,
      together: config.suites,
      signal,
      onProgress: (text) => progress.stage(text),
      onTrouble: (text) => progress.note(text),
    });
    try {
      return { run, runner: await runner };
    } catch (error) {
      await run.finish();
      throw error;
    }
  } catch (error) {
    await runner.then(
      (each) => each.close(),
      () => {},
    );
    // Nothing was observed: a folder that holds no report would only be in the way.
    rmSync(join(config.reportsDir, runId), { recursive: true, force: true });
    throw error;
  }
}

/**
 * One whole run: prepare, suites, diagnosis, reports, clean-up. Resolves to the exit code; what was observed before an
 * interruption is still reported. Throws a NetwrightError when nothing could be begun.
 */
export async function runAndReport({ json, signal, envFile, overrides }: RunAndReportOptions): Promise<number> {
  const startedAt = performance.now();
  const config = loadConfig({ env: process.env, cwd: process.cwd(), envFile, overrides });
  // Asked here, before vitest is started for nothing.
  requireKubeconfig(config);
  const runId = newRunId();
  process.env['NETWRIGHT_RUN_ID'] = runId;
  const progress = new Progress();
  const { run, runner } = await prepared(config, runId, progress, signal);
  const timings: Record<string, number> = { prepareMs: Math.round(performance.now() - startedAt) };
  const { reportDir } = run.context;
  const cancel = () => {
    markInterrupted(reportDir);
    void runner.cancel();
  };
  signal.addEventListener('abort', cancel);
  try {
    runner.reporter.onSuiteStart = (suite) => progress.suiteStarted(suite);
    runner.reporter.onSuiteEnd = (end) => {
      timings[`${end.suite}Ms`] = end.durationMs;
      progress.suiteEnded(end);
    };
    if (!signal.aborted) await runner.run(run.contextPath, config.suites);
    // The cluster is given back while the reports are written.
    const cleaning = run.finish();
    progress.stage('diagnosing');
    const observations: Observation[] = readObservations(join(reportDir, 'observations.ndjson'));
    const { report, all } = await concludeRun({
      run,
      observations,
      symptoms: runner.reporter.symptoms,
      errors: runner.reporter.errors,
      durations: runner.reporter.durations,
      timings,
      startedAt,
      netwrightVersion: version(),
      signal,
    });
    await runner.close();
    const trouble = await cleaning;
    progress.end();
    await publish(report, all, { reportDir, html: config.htmlReport, json, trouble });
    return signal.aborted ? ExitCode.interrupted : exitCodeOf(report.verdict);
  } finally {
    signal.removeEventListener('abort', cancel);
    unmarkInterrupted(reportDir);
    progress.end();
    await run.finish();
  }
}
