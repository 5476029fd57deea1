import type { RunReport } from '../run-report.ts';
import { field, more, type Page } from '../terminal-page.ts';
import { previousText, toldAcceptances, toldChanges, type Told } from './words.ts';

/** What fits on a screen; the rest is in summary.md. */
const MOST_LINES = 8;

const COLOURS: Record<string, 'red' | 'green' | 'yellow'> = {
  new: 'red',
  expired: 'red',
  mended: 'green',
  'not told': 'yellow',
};

function lines(title: string, told: readonly Told[], { paint, columns }: Page): string[] {
  if (told.length === 0) return [];
  const shown = told.slice(0, MOST_LINES).flatMap(({ label, text }) => {
    const colour = COLOURS[label];
    return field(label, text, columns).map((line) => (colour === undefined ? line : paint(colour, line)));
  });
  return ['', paint('bold', title), ...shown, ...more(told.length - MOST_LINES, 'in summary.md')];
}

/** What is new, still there and mended since the last run, and what is accepted, on a screen. */
export function changeLines(report: RunReport, page: Page): string[] {
  return [
    ...lines(`Since the last run (${previousText(report) ?? ''})`, toldChanges(report), page),
    ...lines('Accepted', toldAcceptances(report), page),
  ];
}
