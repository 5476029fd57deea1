import type { Observation } from '../model/observation.ts';
import { acceptanceLines } from './acceptance-text.ts';
import { entriesOf } from './entries.ts';
import { pageName } from './finding-page.ts';
import { mergedMatrix } from './matrix.ts';
import { changeLines } from './history/terminal.ts';
import { matrixText } from './matrix-text.ts';
import { problemsOf, problemsText } from './problems.ts';
import type { RunReport } from './run-report.ts';
import { findingLines } from './terminal-findings.ts';
import { more, type Page } from './terminal-page.ts';
import { painter, toAscii, wrap, type TerminalStyle } from './terminal-style.ts';
import { suiteLines } from './terminal-suites.ts';

const MAX_HOLES = 4;

const VERDICT_STYLE = { healthy: 'green', unhealthy: 'red', inconclusive: 'yellow' } as const;

function headline(report: RunReport): string {
  const problems = problemsText(problemsOf(report));
  if (report.verdict === 'unhealthy' && problems !== undefined) return problems;
  const failed = report.symptoms.filter(({ verdict, acceptedBy }) => verdict === 'fail' && !acceptedBy).length;
  const passed = report.symptoms.filter(({ verdict }) => verdict === 'pass').length;
  if (report.verdict === 'healthy') {
    const accepted = report.symptoms.filter(({ acceptedBy }) => acceptedBy !== undefined).length;
    const but = accepted > 0 ? ` but ${accepted} that ${accepted === 1 ? 'is' : 'are'} accepted` : '';
    return `no symptom was found${but}; ${passed} of ${report.symptoms.length} were looked for`;
  }
  if (report.verdict === 'unhealthy') return `${failed} symptom${failed === 1 ? '' : 's'}, no proved cause`;
  return report.holes[0]
    ? `not observed: ${report.holes[0].what}: ${report.holes[0].why}`
    : 'not enough could be observed to tell';
}

/** The verdict and what is wrong, in as many lines as it takes. */
function verdictLines(report: RunReport, { paint, columns }: Page): string[] {
  const [first = '', ...rest] = wrap(headline(report), columns - report.verdict.length - 2);
  return [
    `${paint(['bold', VERDICT_STYLE[report.verdict]], report.verdict.toUpperCase())}  ${paint('bold', first)}`,
    ...rest.map((line) => `${' '.repeat(report.verdict.length + 2)}${line}`),
  ];
}

function about(report: RunReport, { paint, columns }: Page): string[] {
  const { name, serverVersion, distribution, overlay, nodes } = report.cluster;
  const totalMs = report.timings['totalMs'];
  const took = totalMs === undefined ? '' : `, ${(totalMs / 1000).toFixed(1)} s`;
  const { probes, passed, failed, inconclusive, evidence } = report.counts;
  const texts = [
    `${name}, ${distribution} ${serverVersion}, ${overlay}, ${nodes.length} nodes, profile ${report.profile}${took}`,
    `${probes} probes: ${passed} passed, ${failed} failed, ${inconclusive} inconclusive` +
      (evidence > 0 ? `, ${evidence} evidence only` : ''),
  ];
  return texts.flatMap((text) => wrap(text, columns - 2)).map((line) => paint('dim', `  ${line}`));
}

function matrix(report: RunReport, observations: readonly Observation[], { paint, columns }: Page): string[] {
  const { nodes } = report.cluster;
  const text = matrixText(mergedMatrix(observations, nodes), entriesOf(observations, nodes));
  if (!text) return [];
  const { head: heads, rows, cellsAt, legend } = text;
  const colored = rows.map(
    (line) =>
      line.slice(0, cellsAt) +
      line
        .slice(cellsAt)
        .replaceAll(/[x<]/g, (sign) => paint('red', sign))
        .replaceAll('?', () => paint('yellow', '?')),
  );
  return [
    '',
    paint('bold', 'Node to node'),
    ...[...heads, ...colored].map((line) => `  ${line}`),
    // Wrapping would take away the spaces between the signs.
    ...legend
      .flatMap((line) => (line.length <= columns - 2 ? [line] : wrap(line, columns - 2, '  ')))
      .map((line) => paint('dim', `  ${line}`)),
  ];
}

function holes({ holes: all }: RunReport, { paint, columns }: Page): string[] {
  if (all.length === 0) return [];
  const lines = all
    .slice(0, MAX_HOLES)
    .flatMap(({ what, why, node }) =>
      wrap(`${node === undefined ? '' : `${node}: `}${what}: ${why}`, columns - 2, '  ').map((line) => `  ${line}`),
    );
  return ['', paint('bold', 'Not looked at'), ...lines, ...more(all.length - MAX_HOLES, 'in summary.md')];
}

export interface TerminalOptions extends TerminalStyle {
  /** Where the reports are; said at the end. */
  reportDir?: string;
  /** Where a finding's page is, as can be opened from here. */
  pageOf?: (code: string) => string;
}

/** A run on one screen, cause first. Ends with a line break. */
export function renderTerminal(
  report: RunReport,
  observations: readonly Observation[],
  options: TerminalOptions = {},
): string {
  const { columns = 100, unicode = true, reportDir, pageOf = pageName } = options;
  const page = { paint: painter(options), columns };
  const [problem, ...others] = problemsOf(report);
  // Of several problems the headline is too short for what its title says.
  const told = problem?.kind === 'proved' && others.length === 0 ? problem.findings[0] : undefined;
  const verdict = verdictLines(report, page);
  const lines = [
    ...verdict,
    ...about(report, page),
    ...findingLines(report, told, pageOf, page),
    ...changeLines(report, page),
    ...suiteLines(report, observations, page),
    ...matrix(report, observations, page),
    ...holes(report, page),
    ...acceptanceLines(report.acceptance, page),
    ...(reportDir === undefined ? [] : ['', `Reports  ${reportDir}`]),
    // Where a screen has scrolled the top away, the end still says it.
    '',
    ...verdict,
  ];
  const text = `${lines.join('\n')}\n`;
  return unicode ? text : toAscii(text);
}
