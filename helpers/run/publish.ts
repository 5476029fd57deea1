import { mkdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { ExitCode, NetwrightError } from '../errors.ts';
import { annotationLines } from '../report/annotations.ts';
import { errorText } from '../report/error-text.ts';
import { pageLink, pageName } from '../report/finding-page.ts';
import type { Config } from '../config/config.ts';
import type { Observation } from '../model/observation.ts';
import { addToHistory, historyPath, readHistory } from '../report/history/file.ts';
import { isSameCluster, recordOf } from '../report/history/record.ts';
import { renderMetrics } from '../report/metrics.ts';
import { writeWhole } from '../report/write-whole.ts';
import { notify, ping, push } from './notify.ts';
import { writeOpenReport } from './open-report.ts';
import { reportJson } from '../report/json.ts';
import type { RunReport } from '../report/run-report.ts';
import { removeOldRuns } from '../report/retention.ts';
import { writeSnapshot } from '../report/snapshot-file.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import type { RunEnded } from './whole-run.ts';

const FAILS = { fail: 'a failure', proved: 'a proved cause', new: 'what the last run did not have' } as const;

function keepHistory(report: RunReport, changes: NonNullable<RunReport['changes']>, reportsDir: string): void {
  mkdirSync(reportsDir, { recursive: true });
  addToHistory(historyPath(reportsDir), recordOf(report, changes));
}

/** Makes room for the nights to come. Returns what is to be said of it. */
function keepNewest({ retention }: Config, reportDir: string): string[] {
  try {
    removeOldRuns(dirname(reportDir), basename(reportDir), retention);
    return [];
  } catch (error) {
    return [`older reports could not be removed: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Metrics, webhook and dead man's switch. Resolves to what could not be told. */
async function tell(
  config: Config,
  report: RunReport,
  all: readonly Observation[],
  { exitCode, reportsDir }: { exitCode: number; reportsDir: string },
): Promise<string[]> {
  // What was interrupted says nothing of the cluster; the switch's own time then runs out.
  if (exitCode === ExitCode.interrupted) return [];
  const whys: (string | undefined)[] = [];
  const runs = readHistory(historyPath(reportsDir)).filter((run) => isSameCluster(run, report));
  const lastHealthyAt = runs.findLast(({ verdict }) => verdict === 'healthy')?.startedAt;
  const metrics = renderMetrics(report, all, { lastHealthyAt });
  if (config.metricsPath !== undefined) {
    try {
      writeWhole(config.metricsPath, metrics);
    } catch (error) {
      whys.push(`the metrics could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  whys.push(
    ...(await Promise.all([
      notify(config, report),
      push(config.pushgatewayUrl, report.cluster.name, metrics),
      writeOpenReport(config, report),
      ping(config.pingUrl, exitCode === ExitCode.healthy ? 'success' : 'fail'),
    ])),
  );
  return whys.filter((why) => why !== undefined);
}

/**
 * Prints a run on stdout, as a screen or as JSON, and writes its files. The screen comes first: the HTML report takes
 * another second, and its failure is not a failure of the run.
 */
export async function publish(
  { report, all, reportDir, html, trouble, exitCode, failOn, config, snapshot, snapshotPath }: RunEnded,
  { json }: { json: boolean },
): Promise<void> {
  const folder = relative(process.cwd(), reportDir);
  const pageOf = (code: string): string => pageLink(code, '.') ?? pageName(code);
  process.stdout.write(
    json
      ? reportJson(report)
      : renderTerminal(report, all, {
          ...terminalStyle(process.stdout),
          reportDir: folder.startsWith('..') ? reportDir : folder,
          pageOf,
        }),
  );
  // What an interrupted run did not come to is not to be held against the next one.
  if (report.changes && exitCode !== ExitCode.interrupted) keepHistory(report, report.changes, dirname(reportDir));
  const told = tell(config, report, all, { exitCode, reportsDir: dirname(reportDir) });
  try {
    await writeReports(report, all, { reportDir, html });
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    process.stderr.write(`${errorText(error)}\n`);
  }
  const kept = keepNewest(config, reportDir);
  for (const why of [...(await told), ...kept]) process.stderr.write(`${why}\n`);
  // GitHub reads such lines on either output; stdout may be JSON.
  if (process.env['GITHUB_ACTIONS'] === 'true')
    process.stderr.write(
      annotationLines(report)
        .map((line) => `${line}\n`)
        .join(''),
    );
  if (snapshot) writeSnapshot(join(reportDir, 'snapshot.json'), snapshot);
  if (snapshot && snapshotPath !== undefined) {
    writeSnapshot(snapshotPath, snapshot);
    const { notObserved } = snapshot;
    process.stderr.write(
      `snapshot written to ${relative(process.cwd(), snapshotPath)}` +
        (notObserved.length > 0 ? `; without: ${notObserved.join('; ')}\n` : '\n'),
    );
  }
  if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
  if (failOn !== 'inconclusive' && report.verdict !== 'healthy')
    process.stderr.write(`exit code ${exitCode}, since only ${FAILS[failOn]} fails this run (NETWRIGHT_FAIL_ON)\n`);
}
