import { relative } from 'node:path';
import { NetwrightError } from '../helpers/errors.ts';
import type { Observation } from '../helpers/model/observation.ts';
import { reportJson } from '../helpers/report/json.ts';
import { pageLink, pageName } from '../helpers/report/finding-page.ts';
import type { RunReport } from '../helpers/report/run-report.ts';
import { renderTerminal } from '../helpers/report/terminal.ts';
import { terminalStyle } from '../helpers/report/terminal-style.ts';
import { writeReports } from '../helpers/report/write.ts';
import { errorText } from './print-error.ts';

export interface PublishOptions {
  reportDir: string;
  html: boolean;
  json: boolean;
  /** What could not be cleaned up. */
  trouble?: string;
}

/**
 * Prints a run on stdout, as a screen or as JSON, and writes its files. The answer comes first: the HTML report takes a
 * second that nobody with an outage should wait for, and its failure is no failure of the run.
 */
export async function publish(
  report: RunReport,
  observations: Observation[],
  { reportDir, html, json, trouble }: PublishOptions,
): Promise<void> {
  const folder = relative(process.cwd(), reportDir);
  const pageOf = (code: string): string => pageLink(code, '.') ?? pageName(code);
  process.stdout.write(
    json
      ? reportJson(report)
      : renderTerminal(report, observations, {
          ...terminalStyle(process.stdout),
          reportDir: folder.startsWith('..') ? reportDir : folder,
          pageOf,
        }),
  );
  try {
    await writeReports(report, observations, { reportDir, html });
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    process.stderr.write(`${errorText(error)}\n`);
  }
  if (trouble) process.stderr.write(`${trouble}\n`);
}
