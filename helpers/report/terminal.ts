import type { Observation, ProbeObservation } from '../model/observation.ts';
import { pairLines } from './failure-text.ts';
import { mergedMatrix } from './matrix.ts';
import { MATRIX_LEGEND, matrixLines } from './matrix-text.ts';
import { patternOf } from './patterns.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';
import { cut, painter, toAscii, wrap, type Paint, type TerminalStyle } from './terminal-style.ts';
import { whereText } from './where.ts';

/** What fits on one screen besides the matrix; the rest is in the reports. */
const MAX_FINDINGS = 4;
const MAX_EVIDENCE = 2;
const MAX_SYMPTOMS = 6;
const MAX_PAIRS = 2;
const MAX_HOLES = 5;

const VERDICT_STYLE = { healthy: 'green', unhealthy: 'red', inconclusive: 'yellow' } as const;

interface Page {
  paint: Paint;
  columns: number;
}

const more = (count: number, of: string): string[] => (count > 0 ? [`  and ${count} more ${of}`] : []);

/** A label and a text that is wrapped beside it. */
function field(label: string, text: string, columns: number): string[] {
  const indent = '            ';
  return wrap(text, columns - indent.length).map((line, index) => (index === 0 ? `  ${label.padEnd(indent.length - 2)}${line}` : indent + line));
}

function headline(report: RunReport): string {
  const proved = report.findings.find(({ confidence }) => confidence === 'proved');
  const failed = report.symptoms.filter(({ verdict }) => verdict === 'fail').length;
  if (proved) return proved.title;
  const passed = report.symptoms.filter(({ verdict }) => verdict === 'pass').length;
  if (report.verdict === 'healthy') return `no symptom was found; ${passed} of ${report.symptoms.length} were looked for`;
  if (report.verdict === 'unhealthy') return `${failed} symptom${failed === 1 ? '' : 's'}, no proved cause`;
  return report.holes[0] ? `not observed: ${report.holes[0].what}: ${report.holes[0].why}` : 'not enough could be observed to tell';
}

function head(report: RunReport, { paint, columns }: Page): string[] {
  const cause = report.findings.find(({ confidence }) => confidence === 'proved') ?? report.findings[0];
  const [first = '', ...rest] = wrap(headline(report), columns - report.verdict.length - 2);
  const { name, serverVersion, distribution, overlay, nodes } = report.cluster;
  const totalMs = report.timings['total'];
  const took = totalMs === undefined ? '' : `, ${(totalMs / 1000).toFixed(1)} s`;
  return [
    `${paint(['bold', VERDICT_STYLE[report.verdict]], report.verdict.toUpperCase())}  ${paint('bold', first)}`,
    ...rest.map((line) => `${' '.repeat(report.verdict.length + 2)}${line}`),
    ...(cause ? [...field('where', whereText(cause.locations, nodes), columns), ...field('remedy', cause.remedy, columns), ...field('verify', cause.verify, columns)] : []),
    paint('dim', `  ${name}, ${distribution} ${serverVersion}, ${overlay}, ${nodes.length} nodes, profile ${report.profile}${took}`),
  ];
}

function findings({ findings: all, cluster }: RunReport, { paint, columns }: Page): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, MAX_FINDINGS).flatMap(({ code, title, confidence, evidence, locations, rivals }) => [
    ...field(confidence, `${code}: ${title}`, columns).map((line) => (confidence === 'proved' ? paint('red', line) : paint('yellow', line))),
    ...field('', whereText(locations, cluster.nodes), columns),
    ...evidence.slice(0, MAX_EVIDENCE).flatMap(({ text }) => field('', text, columns - 2).map((line, index) => line.replace(/^ {12}/, index === 0 ? '            - ' : '              '))),
    ...(rivals.length > 0 ? field('', `or else: ${rivals.join(', ')}`, columns) : []),
  ]);
  return ['', paint('bold', 'Findings'), ...lines, ...more(all.length - MAX_FINDINGS, 'in report.json')];
}

function symptomLines({ suite, title, text, observations }: ReportedSymptom, byId: ReadonlyMap<string, ProbeObservation>, { paint, columns }: Page): string[] {
  const probes = observations.flatMap((id) => byId.get(id) ?? []);
  // The suite's own text begins with the pattern, told with all that the suite saw beside it.
  const pattern = text?.split('\n')[0] ?? patternOf(probes);
  const pairs = pairLines(probes);
  const rest = pairs.length - MAX_PAIRS;
  return [
    cut(`  ${paint('red', 'x')} ${suite}: ${title}`, columns + (paint('red', '').length)),
    cut(`      ${pattern}`, columns),
    ...pairs.slice(0, rest > 1 ? MAX_PAIRS : MAX_PAIRS + 1).map((line) => paint('dim', cut(`      ${line}`, columns))),
    ...(rest > 1 ? [paint('dim', `      and ${rest} more`)] : []),
  ];
}

function symptoms(report: RunReport, observations: readonly Observation[], page: Page): string[] {
  const failed = report.symptoms.filter(({ verdict }) => verdict === 'fail');
  if (failed.length === 0) return [];
  const byId = new Map(observations.flatMap((observation) => (observation.type === 'probe' ? [[observation.id, observation] as const] : [])));
  const shown = failed.slice(0, MAX_SYMPTOMS).flatMap((symptom) => symptomLines(symptom, byId, page));
  return ['', page.paint('bold', 'Failed symptoms'), ...shown, ...more(failed.length - MAX_SYMPTOMS, 'in summary.md')];
}

function suites({ suites: all }: RunReport, { paint, columns }: Page): string[] {
  const style = { pass: 'green', fail: 'red', inconclusive: 'yellow', skipped: 'dim' } as const;
  const width = Math.max(...all.map(({ name }) => name.length), 0);
  const line = ({ name, verdict, passed, failed, inconclusive, skipped, durationMs }: RunReport['suites'][number]) => {
    const parts = [[passed, 'passed'], [failed, 'failed'], [inconclusive, 'inconclusive'], [skipped, 'skipped']] as const;
    const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    const time = `  ${(durationMs / 1000).toFixed(1)} s`;
    const result = cut(counts.join(', '), columns - width - 18);
    const room = columns - width - 18 - result.length;
    return `  ${name.padEnd(width)}  ${paint(style[verdict], verdict.padEnd(12))}  ${result}${time.length <= room ? paint('dim', time) : ''}`;
  };
  return all.length > 0 ? ['', paint('bold', 'Suites'), ...all.map(line)] : [];
}

function matrix(report: RunReport, observations: readonly Observation[], { paint }: Page): string[] {
  const lines = matrixLines(mergedMatrix(observations, report.cluster.nodes));
  if (!lines || observations.length === 0) return [];
  const colored = lines.map((line, index) => {
    const cells = index === 0 ? line.length : (lines[0] ?? '').search(/\S/);
    return `  ${line.slice(0, cells)}${line.slice(cells).replaceAll('x', () => paint('red', 'x')).replaceAll('?', () => paint('yellow', '?'))}`;
  });
  return ['', paint('bold', 'Node to node'), ...colored, paint('dim', `  ${MATRIX_LEGEND}`)];
}

function holes({ holes: all }: RunReport, { paint, columns }: Page): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, MAX_HOLES).flatMap(({ what, why, node }) => wrap(`${node === undefined ? '' : `${node}: `}${what}: ${why}`, columns - 2, '  ').map((line) => `  ${line}`));
  return ['', paint('bold', 'Not looked at'), ...lines, ...more(all.length - MAX_HOLES, 'in report.json')];
}

export interface TerminalOptions extends TerminalStyle {
  /** Where the reports are; said at the end. */
  reportDir?: string;
}

/** A run on one screen, cause first. Ends with a line break. */
export function renderTerminal(report: RunReport, observations: readonly Observation[], options: TerminalOptions = {}): string {
  const { columns = 100, unicode = true, reportDir } = options;
  const page = { paint: painter(options), columns };
  const lines = [
    ...head(report, page),
    ...findings(report, page),
    ...symptoms(report, observations, page),
    ...suites(report, page),
    ...matrix(report, observations, page),
    ...holes(report, page),
    ...(reportDir === undefined ? [] : ['', `Reports  ${reportDir}`]),
  ];
  const text = `${lines.join('\n')}\n`;
  return unicode ? text : toAscii(text);
}
