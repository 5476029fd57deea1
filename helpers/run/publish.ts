import { mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { ExitCode, NetwrightError } from '../errors.ts';
import { annotationLines } from '../report/annotations.ts';
import { errorText } from '../report/error-text.ts';
import { pageLink, pageName } from '../report/finding-page.ts';
import { addToHistory, historyPath } from '../report/history/file.ts';
import { recordOf } from '../report/history/record.ts';
import { reportJson } from '../report/json.ts';
import type { RunReport } from '../report/run-report.ts';
import { terminalStyle } from '../report/terminal-style.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import type { RunEnded } from './whole-run.ts';

const FAILS = { fail: 'a failure', proved: 'a proved cause', new: 'what the last run did not have' } as const;

function keepHistory(report: RunReport, changes: NonNullable<RunReport['changes']>, reportsDir: string): void {
  mkdirSync(reportsDir, { recursive: true });
  addToHistory(historyPath(reportsDir), recordOf(report, changes));
}

/**
 * Prints a run on stdout, as a screen or as JSON, and writes its files. The screen comes first: the HTML report takes
 * another second, and its failure is not a failure of the run.
 */
export async function publish(
  { report, all, reportDir, html, trouble, exitCode, failOn }: RunEnded,
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
  try {
    await writeReports(report, all, { reportDir, html });
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    process.stderr.write(`${errorText(error)}\n`);
  }
  // GitHub reads such lines on either output; stdout may be JSON.
  if (process.env['GITHUB_ACTIONS'] === 'true')
    process.stderr.write(
      annotationLines(report)
        .map((line) => `${line}\n`)
        .join(''),
    );
  if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
  if (failOn !== 'inconclusive' && report.verdict !== 'healthy')
    process.stderr.write(`exit code ${exitCode}, since only ${FAILS[failOn]} fails this run (NETWRIGHT_FAIL_ON)\n`);
}
