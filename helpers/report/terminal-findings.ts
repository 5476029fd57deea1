import type { Finding } from '../model/finding.ts';
import type { RunReport } from './run-report.ts';
import { groupLines, hasGroups } from './terminal-groups.ts';
import { field, more, point, type Page } from './terminal-page.ts';
import { whereText } from './where.ts';

/** What fits on one screen; the rest is in the reports. */
const MAX_FINDINGS = 3;
/** So many findings come with all that is known; those after them with place, first evidence, command and page. */
const IN_FULL = 2;
const MAX_EVIDENCE = 2;

/**
 * Evidence of different kinds rather than the same of one pair after the other: kinds differ in more than names and
 * numbers.
 */
function telling(evidence: Finding['evidence'], most: number, nodes: readonly string[]): Finding['evidence'] {
  const kind = (text: string) => nodes.reduce((rest, node) => rest.replaceAll(node, ''), text).replaceAll(/\d+/g, '');
  const firsts = [...new Map(evidence.toReversed().map((each) => [kind(each.text), each])).values()].toReversed();
  return evidence.filter((each) => firsts.slice(0, most).includes(each));
}

interface Shown {
  finding: Finding;
  /** Place among the findings, from 0. */
  index: number;
  /** Said above already, as the headline. */
  isHeadline: boolean;
}

function lines(
  { finding, index, isHeadline }: Shown,
  nodes: readonly string[],
  pageOf: (code: string) => string,
  { paint, columns }: Page,
): string[] {
  const { code, title, confidence, evidence, locations, rivals, remedy, verify } = finding;
  const isProved = confidence === 'proved';
  const isFull = index < IN_FULL;
  const shown = telling(evidence, isFull ? MAX_EVIDENCE : 1, nodes);
  return [
    ...field(confidence, isHeadline ? code : `${code}: ${title}`, columns).map((line) =>
      paint(isProved ? 'red' : 'yellow', line),
    ),
    ...field('', whereText(locations, nodes), columns),
    ...shown.flatMap(({ text }) => point(text, columns)),
    ...(isFull && evidence.length > shown.length
      ? point(`and ${evidence.length - shown.length} more in summary.md`, columns)
      : []),
    ...(rivals.length > 0 ? field('or else', rivals.join(', '), columns) : []),
    // What fixes a cause that is not proved may fix nothing.
    ...(isFull ? field(isProved ? 'remedy' : 'if this is it', remedy, columns) : []),
    ...field(isProved ? 'verify' : 'to confirm', verify, columns),
    ...field('page', pageOf(code), columns),
  ];
}

/** The findings of a run, cause first, and what follows from none of them. */
export function findingLines(
  report: RunReport,
  headline: Finding | undefined,
  pageOf: (code: string) => string,
  page: Page,
): string[] {
  const { findings, cluster } = report;
  const groups = hasGroups(report) ? groupLines(report, page) : [];
  if (findings.length === 0 && groups.length === 0) return [];
  const shown = findings
    .slice(0, MAX_FINDINGS)
    .flatMap((finding, index) =>
      lines({ finding, index, isHeadline: finding === headline }, cluster.nodes, pageOf, page),
    );
  return [
    '',
    page.paint('bold', 'Findings'),
    ...shown,
    ...more(findings.length - MAX_FINDINGS, 'in summary.md'),
    ...groups,
  ];
}
