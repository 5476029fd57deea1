import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Observation } from '../model/observation.ts';
import { acceptanceMarkdown } from './acceptance-text.ts';
import { entriesOf } from './entries.ts';
import { writePages } from './finding-page.ts';
import { changesMarkdown } from './history/markdown.ts';
import { capped, fence, folded } from './markdown-form.ts';
import { findingParts, leftoverParts, type PageLink } from './markdown-findings.ts';
import { notJudgedPart, suiteTable, symptomsPart } from './markdown-symptoms.ts';
import { mergedMatrix } from './matrix.ts';
import { matrixLines } from './matrix-text.ts';
import { problemsOf, problemsText } from './problems.ts';
import type { RunReport } from './run-report.ts';

/** GitHub takes up to 1,024 KiB of a step's summary, and shows nothing at all of a longer one (its documentation). */
const STEP_SUMMARY_BYTES = 1024 * 1024;
/** What a summary of ours takes at most: a page that a person may still want to open. */
const MAX_BYTES = 128 * 1024;
const MAX_HOLES = 40;

function holesPart({ holes }: RunReport): string[] {
  return folded(
    `Not looked at: ${holes.length}`,
    capped(
      holes.map(({ what, why, node }) => `- ${node === undefined ? '' : `${node}: `}${what}: ${why}`),
      MAX_HOLES,
      'report.json',
    ),
  );
}

function matrixPart({ cluster }: RunReport, observations: readonly Observation[]): string[] {
  const lines = matrixLines(mergedMatrix(observations, cluster.nodes), entriesOf(observations, cluster.nodes));
  return lines ? ['## Node to node', '', ...fence(lines.join('\n')), ''] : [];
}

/** Parts from the first on, as many as fit; that some are left out is said. */
function fitting(parts: readonly string[][]): string[] {
  let bytes = 0;
  const kept = parts.filter((lines) => {
    const size = Buffer.byteLength(lines.join('\n'));
    const fits = bytes + size <= MAX_BYTES;
    bytes += fits ? size : 0;
    return fits;
  });
  const isWhole = kept.length === parts.length;
  return [...kept.flat(), ...(isWhole ? [] : ['Parts that would be too long here are in report.json.', ''])];
}

/**
 * The text of summary.md: the verdict and the causes as a page of their own, and everything after them folded. It is at
 * most 128 KiB long.
 */
export function renderMarkdown(
  report: RunReport,
  observations: readonly Observation[],
  linkOf: PageLink = () => undefined,
): string {
  const { cluster, verdict, profile, runId, startedAt, counts } = report;
  const problems = verdict === 'unhealthy' ? problemsText(problemsOf(report)) : undefined;
  return fitting([
    [
      `# Network of ${cluster.name}: ${verdict}${problems === undefined ? '' : `: ${problems}`}`,
      '',
      `${cluster.distribution} ${cluster.serverVersion}, ${cluster.overlay}, ${cluster.nodes.length} nodes; ` +
        `profile ${profile}; run ${runId}, started ${startedAt}; ` +
        `${counts.probes} probes: ${counts.passed} passed, ${counts.failed} failed, ` +
        `${counts.inconclusive} inconclusive` +
        (counts.evidence > 0 ? `, ${counts.evidence} evidence only` : ''),
      '',
    ],
    acceptanceMarkdown(report.acceptance),
    ...findingParts(report, linkOf),
    ...leftoverParts(report, observations),
    changesMarkdown(report),
    matrixPart(report, observations),
    suiteTable(report),
    symptomsPart(report),
    notJudgedPart(report),
    holesPart(report),
  ]).join('\n');
}

/**
 * Writes summary.md with the pages of its findings beside it, and appends the same to the file that GITHUB_STEP_SUMMARY
 * names, where it does and there is room.
 */
export function writeMarkdown(
  path: string,
  report: RunReport,
  observations: readonly Observation[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  const codes = report.findings.flatMap(({ code, rivals }) => [code, ...rivals]);
  const pages = writePages(codes, dirname(path));
  writeFileSync(
    path,
    renderMarkdown(report, observations, (code) => pages.get(code)),
  );
  const stepSummary = env['GITHUB_STEP_SUMMARY'];
  if (!stepSummary) return;
  // Links that lead to files would lead nowhere there.
  const text = `${renderMarkdown(report, observations)}\n`;
  const taken = existsSync(stepSummary) ? statSync(stepSummary).size : 0;
  if (taken + Buffer.byteLength(text) <= STEP_SUMMARY_BYTES) appendFileSync(stepSummary, text);
}
