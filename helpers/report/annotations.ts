import { stripVTControlCharacters } from 'node:util';
import { UNEXPLAINED } from '../model/accepted.ts';
import type { RunReport } from './run-report.ts';
import { whereText } from './where.ts';

/** GitHub shows so many of a kind a step, and drops the rest without a word. */
const MOST = 10;
/** What is read of a message beside a pull request. */
const MOST_SIGNS = 2_000;

interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title: string;
  message: string;
}

const plain = (text: string): string => stripVTControlCharacters(text).slice(0, MOST_SIGNS);
const data = (text: string): string =>
  plain(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotationsOf({ findings, unexplainedGroups, cluster, verdict, holes }: RunReport): Annotation[] {
  const found = findings
    .filter(({ accepted }) => !accepted)
    .map(({ code, title, confidence, locations, remedy, verify }): Annotation => ({
      level: confidence === 'proved' ? 'error' : 'warning',
      title: `${title} (${code})`,
      message:
        `${confidence}; ${whereText(locations, cluster.nodes)}\n` +
        (confidence === 'proved' ? `remedy: ${remedy}` : `to confirm: ${verify}`),
    }));
  const unexplained = unexplainedGroups
    .filter(({ isOwnProblem, accepted }) => isOwnProblem && !accepted)
    .map(({ title, confirm }): Annotation => ({
      level: 'error',
      title: `${title} (${UNEXPLAINED})`,
      message: `no cause proved\nto confirm: ${confirm}`,
    }));
  const [hole] = holes.filter(({ isByChoice }) => !isByChoice);
  const open =
    verdict === 'inconclusive' && hole
      ? [{ level: 'notice' as const, title: `not looked at: ${hole.what}`, message: hole.why }]
      : [];
  return [...found, ...unexplained, ...open];
}

/**
 * Lines by which GitHub shows a run's findings beside a pull request: one a finding, ten at most, the last of which
 * says how many more there are. What is accepted has none.
 */
export function annotationLines(report: RunReport): string[] {
  const all = annotationsOf(report);
  const shown = all.length > MOST ? all.slice(0, MOST - 1) : all;
  const rest = all.length - shown.length;
  return [
    ...shown,
    ...(rest > 0
      ? [{ level: 'warning' as const, title: `and ${rest} more findings`, message: 'summary.md has all of them' }]
      : []),
  ].map(({ level, title, message }) => `::${level} title=${property(title)}::${data(message)}`);
}
