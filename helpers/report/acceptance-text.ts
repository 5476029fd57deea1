import type { Acceptance, Change } from '../model/acceptance.ts';
import type { Page } from './terminal-page.ts';
import { wrap } from './terminal-style.ts';

const MAX_REASONS = 8;
const STYLE = { accepted: 'green', 'not accepted': 'red', 'not proved': 'yellow' } as const;

/** Lines that say something: what changed, and every time and loss. */
const isTelling = ({ before, after, is }: Change): boolean => is !== undefined || before !== after;

const changeText = ({ what, before, after, is }: Change): string =>
  `${what}: ${before === after ? after : `${before} -> ${after}`}${is ? ` (${is})` : ''}`;

/** The answer of an acceptance on the screen: the sentence, why, and what changed. */
export function acceptanceLines(acceptance: Acceptance | undefined, { paint, columns }: Page): string[] {
  if (!acceptance) return [];
  const { verdict, sentence, reasons, notes, changes } = acceptance;
  const indented = (text: string) => wrap(text, columns - 4, '  ').map((line) => `  ${line}`);
  const rest = reasons.length - MAX_REASONS;
  return [
    '',
    ...wrap(sentence, columns).map((line) => paint(['bold', STYLE[verdict]], line)),
    ...(reasons.length > 1 ? reasons.slice(0, MAX_REASONS).flatMap((reason) => indented(`- ${reason}`)) : []),
    ...(rest > 0 ? [`  and ${rest} more in summary.md`] : []),
    ...notes.flatMap(indented),
    ...(changes.length > 0 ? ['', paint('bold', 'Before and after')] : []),
    ...changes.filter(isTelling).flatMap((change) => indented(changeText(change))),
  ];
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

/** The same for summary.md, with every reason and every line of the table. */
export function acceptanceMarkdown(acceptance: Acceptance | undefined): string[] {
  if (!acceptance) return [];
  const { sentence, reasons, notes, changes } = acceptance;
  return [
    '## Acceptance',
    '',
    `**${sentence}**`,
    '',
    ...(reasons.length > 0 ? [...reasons.map((reason) => `- ${reason}`), ''] : []),
    ...(notes.length > 0 ? [...notes, ''] : []),
    ...(changes.length > 0
      ? [
          '| | Before | After | |',
          '| --- | --- | --- | --- |',
          ...changes.map(
            ({ what, before, after, is }) => `| ${cell(what)} | ${cell(before)} | ${cell(after)} | ${is ?? ''} |`,
          ),
          '',
        ]
      : []),
  ];
}
