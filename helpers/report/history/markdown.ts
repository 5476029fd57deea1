import type { RunReport } from '../run-report.ts';
import { previousText, toldAcceptances, toldChanges, type Told } from './words.ts';

function part(title: string, about: readonly string[], told: readonly Told[]): string[] {
  if (told.length === 0) return [];
  return [`## ${title}`, '', ...about, ...told.map(({ label, text }) => `- **${label}**: ${text}`), ''];
}

/** What is new, still there and mended since the last run, and what is accepted, as Markdown. */
export function changesMarkdown(report: RunReport): string[] {
  return [
    ...part('Since the last run', [`The last run: ${previousText(report) ?? ''}.`, ''], toldChanges(report)),
    ...part('Accepted', [], toldAcceptances(report)),
  ];
}
