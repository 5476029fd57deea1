import { join } from 'node:path';
import type { Observation } from '../helpers/model/observation.ts';
import type { RunContext } from '../helpers/observe/context.ts';
import { reportJson, writeReportJson } from '../helpers/report/json.ts';
import type { RunReport } from '../helpers/report/run-report.ts';
import type { SymptomResult } from '../helpers/run/outcome.ts';

export interface WriteReportsOptions {
  report: RunReport;
  observations: Observation[];
  context: RunContext;
  symptoms: SymptomResult[];
  json: boolean;
  /** What could not be cleaned up. */
  trouble?: string;
}

/** Writes every report of a run, and prints the one that was asked for on stdout. */
export async function writeReports({ report, context, json, trouble }: WriteReportsOptions): Promise<void> {
  writeReportJson(join(context.reportDir, 'report.json'), report);
  if (json) process.stdout.write(reportJson(report));
  if (trouble) process.stderr.write(`${trouble}\n`);
}
