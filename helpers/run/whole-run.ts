import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ExitCode, type ExitCodeValue } from '../errors.ts';
import type { AcceptedProblem } from '../model/accepted.ts';
import { historyPath, readHistory } from '../report/history/file.ts';
import { version } from '../version.ts';
import type { FailOn } from '../config/variables/run.ts';
import type { Hole } from '../model/finding.ts';
import { ping } from './notify.ts';
import { cutShort, observingMs } from './time-budget.ts';
import { waitUntilSettled } from './wait-until-settled.ts';
import { readAccepted } from './accepted-file.ts';
import { openRunEnd } from './channel.ts';
import { concludeRun, type Conclusion } from './conclude.ts';
import { prepareRun, type PreparedRun } from './prepare.ts';
import type { SymptomReporter } from './reporter.ts';
import { serveProgress } from './progress-metrics.ts';
import { newRunId } from './run-id.ts';
import { exitCodeOf } from './verdict.ts';

export interface BeginOptions {
  config: Config;
  signal: AbortSignal;
  onProgress?: (text: string) => void;
  /** Takes what could not be undone when a run could not be made ready. */
  onTrouble?: (text: string) => void;
}

/** A run that is being made ready, or is. */
export interface BegunRun {
  config: Config;
  signal: AbortSignal;
  /** Aborts when the suites are to end: at an interruption, and where the time for the run is spent. */
  stopped: AbortSignal;
  reportDir: string;
  /** Rejects when nothing could be begun; all that was made is then undone. */
  prepared: Promise<PreparedRun>;
  /** Tells the suites that the run is interrupted. */
  interrupt: () => void;
  /** Diagnoses what the suites observed while the cluster is given back. */
  conclude: (suites: Pick<SymptomReporter, 'symptoms' | 'errors' | 'durations'>) => Promise<RunEnded>;
  /** Gives the cluster back without a conclusion. Never throws. */
  abandon: () => Promise<void>;
}

export interface RunEnded extends Conclusion {
  /** File that the snapshot is to be written to. */
  snapshotPath?: string;
  reportDir: string;
  /** Whether Allure's page is wanted. */
  html: boolean;
  exitCode: ExitCodeValue;
  config: Config;
  /** The least that fails it. */
  failOn: FailOn;
  /** What could not be cleaned up. */
  trouble?: string;
}

const ACCEPTANCE_EXIT = {
  accepted: ExitCode.healthy,
  'not accepted': ExitCode.unhealthy,
  'not proved': ExitCode.inconclusive,
} as const;

/** Begins a run: what prepares it is under way when this returns, so that vitest can be started meanwhile. */
export function beginRun({ config, signal, onProgress = () => {}, onTrouble = () => {} }: BeginOptions): BegunRun {
  const startedAt = performance.now();
  const timings: Record<string, number> = {};
  const runId = newRunId();
  const reportDir = join(config.reportsDir, runId);
  let run: PreparedRun | undefined;
  let accepted: AcceptedProblem[] = [];
  let unsettled: Hole[] = [];
  const spent = new AbortController();
  const { interrupt, close } = openRunEnd(runId, (observations) => run?.recorder.take(observations));

  const serving = config.metricsListen && serveProgress(config.metricsListen, { profile: config.profile, onTrouble });

  const prepare = async (): Promise<PreparedRun> => {
    // Not waited for: a switch that is out of reach keeps no run from its work.
    void ping(config.pingUrl, 'start').then((why) => why === undefined || onTrouble(why));
    try {
      if (config.acceptedPath !== undefined) accepted = readAccepted(config.acceptedPath);
      if (config.waitMs !== undefined)
        unsettled = await waitUntilSettled(config, { waitMs: config.waitMs, signal, onProgress });
      // Waiting is no part of the run.
      if (config.budgetMs !== undefined) setTimeout(() => spent.abort(), observingMs(config.budgetMs)).unref();
      run = await prepareRun({ config, runId, signal, onProgress, onTrouble });
      serving?.tell(run);
      timings['prepareMs'] = Math.round(performance.now() - startedAt);
      return run;
    } catch (error) {
      close();
      serving?.close();
      // Without observations there is no report, so the folder goes.
      rmSync(reportDir, { recursive: true, force: true });
      throw error;
    }
  };
  const exitOf = ({ report, snapshot }: Conclusion): ExitCodeValue => {
    if (signal.aborted) return ExitCode.interrupted;
    // A snapshot is of what is there, sound or not.
    if (config.acceptance.snapshotPath !== undefined) return snapshot ? ExitCode.healthy : ExitCode.inconclusive;
    if (report.acceptance) return ACCEPTANCE_EXIT[report.acceptance.verdict];
    return exitCodeOf(report, config.failOn);
  };
  const prepared = prepare();
  // The caller awaits this promise only after vitest has started; until then its failure must not count as unhandled.
  prepared.catch(() => {});

  return {
    config,
    signal,
    stopped: AbortSignal.any([signal, spent.signal]),
    reportDir,
    prepared,
    interrupt,
    conclude: async ({ symptoms, errors, durations }) => {
      const ready = await prepared;
      close();
      const cut =
        spent.signal.aborted && !signal.aborted ? cutShort(symptoms, ready.context.suites, config.budgetMs) : undefined;
      for (const [suite, durationMs] of durations) timings[`${suite}Ms`] = durationMs;
      // The cluster is given back while the diagnosis is at work, but not before it was read: a Service of the run's
      // own that is going would look like one without endpoints.
      const cleaning = Promise.withResolvers<string | undefined>();
      const clean = () => cleaning.resolve(ready.finish());
      if (signal.aborted) clean();
      onProgress('diagnosing');
      const concluding = concludeRun({
        run: ready,
        symptoms: cut?.symptoms ?? symptoms,
        notes: [...unsettled, ...(cut?.holes ?? [])],
        errors,
        durations,
        timings,
        startedAt,
        netwrightVersion: version(),
        accepted,
        history: readHistory(historyPath(config.reportsDir)),
        onRead: clean,
        signal,
      }).finally(clean);
      // Even a failed conclusion waits for the clean-up.
      const [concluded, trouble] = await Promise.allSettled([concluding, cleaning.promise]);
      if (concluded.status === 'rejected') throw concluded.reason;
      const conclusion = concluded.value;
      serving?.close();
      ready.recorder.flush();
      return {
        ...conclusion,
        reportDir,
        html: config.htmlReport,
        exitCode: exitOf(conclusion),
        config,
        failOn: config.failOn,
        ...(conclusion.snapshot && config.acceptance.snapshotPath && { snapshotPath: config.acceptance.snapshotPath }),
        ...(trouble.status === 'fulfilled' && trouble.value !== undefined && { trouble: trouble.value }),
      };
    },
    abandon: async () => {
      close();
      serving?.close();
      await prepared.then(
        (ready) => ready.finish(),
        () => {},
      );
    },
  };
}
