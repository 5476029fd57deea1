import { writeFileSync } from 'node:fs';
import { runReportSchema, type RunReport } from './run-report.ts';

/**
 * The text of report.json. Throws when the value is not what the schema says: that is a fault of ours, and must not
 * reach readers.
 */
export function reportJson(report: RunReport): string {
  return `${JSON.stringify(runReportSchema.parse(report), null, 2)}\n`;
}

/** Writes report.json, checked against its schema. */
export function writeReportJson(path: string, report: RunReport): void {
  writeFileSync(path, reportJson(report));
}
