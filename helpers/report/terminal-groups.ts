import { SUITES } from '../model/suites.ts';
import { problemsOf } from './problems.ts';
import type { RunReport } from './run-report.ts';
import { field, more, point, type Page } from './terminal-page.ts';

/** So many groups of failures are told; the rest is in the reports. */
const MAX_GROUPS = 3;

/** Suites that see the way itself, by which the others' failures are told apart. */
const TELLING = ['overlay', 'pod-to-pod'] as const;

/** Suites that were not run and would tell what is behind failures of the others. */
export function untold({ suites, verdict, findings }: RunReport): string[] {
  const run = new Set(suites.map(({ name }) => name));
  const isTold = verdict !== 'unhealthy' || findings.some(({ confidence }) => confidence === 'proved');
  return isTold ? [] : TELLING.filter((name) => SUITES.includes(name) && !run.has(name));
}

/** What failed and follows from no finding, by place and kind, with what is excluded and what to try first. */
export function groupLines(report: RunReport, { paint, columns }: Page): string[] {
  const { unexplained, unexplainedGroups, counts, findings, sound } = report;
  const own = unexplainedGroups.filter(({ isOwnProblem }) => isOwnProblem);
  const told = new Set(own.flatMap(({ observations }) => observations)).size;
  const left = unexplained.length - told;
  const missing = untold(report);
  const nothingProved = report.verdict === 'unhealthy' && !findings.some(({ confidence }) => confidence === 'proved');
  return [
    ...own
      .slice(0, MAX_GROUPS)
      .flatMap(({ title, confirm }) => [
        ...field('no cause', `${title}; no cause proved`, columns).map((line) => paint('yellow', line)),
        ...field('to confirm', confirm, columns),
      ]),
    ...more(own.length - MAX_GROUPS, 'in summary.md'),
    ...(left > 0
      ? field(
          'not explained',
          `${left} of ${counts.failed} failed probes follow from none of this; summary.md lists them`,
          columns,
        )
      : []),
    ...(nothingProved && sound.length > 0
      ? [...field('excluded', 'looked at, and sound:', columns), ...sound.flatMap((text) => point(text, columns))]
      : []),
    ...(missing.length > 0
      ? field('not run', `${missing.join(', ')}, which would tell: run without --suite`, columns)
      : []),
  ];
}

/** Whether there is anything to tell beside findings. */
export const hasGroups = (report: RunReport): boolean =>
  problemsOf(report).some(({ kind }) => kind === 'unexplained') ||
  report.unexplained.length > 0 ||
  untold(report).length > 0;
