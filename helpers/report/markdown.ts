import { appendFileSync, writeFileSync } from 'node:fs';
import type { Observation } from '../model/observation.ts';
import { mergedMatrix } from './matrix.ts';
import { MATRIX_LEGEND, matrixLines } from './matrix-text.ts';
import type { RunReport } from './run-report.ts';
import { whereText } from './where.ts';

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
const fence = (text: string): string[] => ['```text', text.replaceAll('```', "'''"), '```'];

function findings({ findings: all, cluster }: RunReport): string[] {
  if (all.length === 0) return [];
  return [
    '## Findings',
    '',
    ...all.flatMap(({ code, title, confidence, locations, evidence, remedy, verify, rivals, explains }) => [
      `### ${title}`,
      '',
      `\`${code}\`, ${confidence}; ${whereText(locations, cluster.nodes)}`,
      '',
      ...evidence.map(({ text }) => `- ${text}`),
      '',
      `**Remedy:** ${remedy}`,
      '',
      '**Verify:**',
      '',
      ...fence(verify),
      '',
      ...(rivals.length > 0 ? [`Explains the observations as well: ${rivals.map((rival) => `\`${rival}\``).join(', ')}.`, ''] : []),
      ...(explains.length > 0 ? [`Follows from it and is not listed by itself: ${explains.map((consequence) => `\`${consequence}\``).join(', ')}.`, ''] : []),
    ]),
  ];
}

const suiteRow = ({ name, verdict, passed, failed, inconclusive, skipped, durationMs }: RunReport['suites'][number]): string =>
  `| ${name} | ${verdict} | ${passed} | ${failed} | ${inconclusive} | ${skipped} | ${(durationMs / 1000).toFixed(1)} s |`;

function suites({ suites: all }: RunReport): string[] {
  return ['## Suites', '', '| Suite | Verdict | Passed | Failed | Inconclusive | Skipped | Time |', '| --- | --- | ---: | ---: | ---: | ---: | ---: |', ...all.map(suiteRow), ''];
}

function symptoms({ symptoms: all }: RunReport): string[] {
  const failed = all.filter(({ verdict }) => verdict === 'fail');
  const unclear = all.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'skipped');
  return [
    ...(failed.length > 0 ? ['## Failed symptoms', '', ...failed.flatMap(({ suite, title, text }) => [`**${suite}:** ${title}`, '', ...fence(text ?? 'no text was given'), ''])] : []),
    ...(unclear.length > 0
      ? ['## Not judged', '', '| Suite | Symptom | Verdict | Why |', '| --- | --- | --- | --- |', ...unclear.map(({ suite, title, verdict, text }) => `| ${suite} | ${cell(title)} | ${verdict} | ${cell(text ?? '')} |`), '']
      : []),
  ];
}

/** The text of summary.md. */
export function renderMarkdown(report: RunReport, observations: readonly Observation[]): string {
  const { cluster, verdict, profile, runId, startedAt, holes, counts } = report;
  const lines = matrixLines(mergedMatrix(observations, cluster.nodes));
  const proved = report.findings.find(({ confidence }) => confidence === 'proved');
  return [
    `# Network of ${cluster.name}: ${verdict}${proved ? `: ${proved.title}` : ''}`,
    '',
    `${cluster.distribution} ${cluster.serverVersion}, ${cluster.overlay}, ${cluster.nodes.length} nodes; profile ${profile}; run ${runId}, started ${startedAt}; ` +
      `${counts.probes} probes: ${counts.passed} passed, ${counts.failed} failed, ${counts.inconclusive} inconclusive`,
    '',
    ...findings(report),
    ...suites(report),
    ...symptoms(report),
    ...(lines && counts.probes > 0 ? ['## Node to node', '', ...fence([...lines, '', MATRIX_LEGEND].join('\n')), ''] : []),
    ...(holes.length > 0 ? ['## Not looked at', '', ...holes.map(({ what, why, node }) => `- ${node === undefined ? '' : `${node}: `}${what}: ${why}`), ''] : []),
  ].join('\n');
}

/** Writes summary.md, and appends the same to the file that GITHUB_STEP_SUMMARY names, when it does. */
export function writeMarkdown(path: string, report: RunReport, observations: readonly Observation[], env: NodeJS.ProcessEnv = process.env): void {
  const text = renderMarkdown(report, observations);
  writeFileSync(path, text);
  const stepSummary = env['GITHUB_STEP_SUMMARY'];
  if (stepSummary) appendFileSync(stepSummary, `${text}\n`);
}
