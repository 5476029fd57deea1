import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Observation, ProbeObservation } from '../model/observation.ts';
import { entriesOf } from './entries.ts';
import { pairLines } from './failure-text.ts';
import { pageLink, pageName } from './finding-page.ts';
import { changesMarkdown } from './history/markdown.ts';
import { mergedMatrix } from './matrix.ts';
import { matrixLines } from './matrix-text.ts';
import { problemsOf, problemsText } from './problems.ts';
import type { RunReport } from './run-report.ts';
import { whereText } from './where.ts';

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
const fence = (text: string): string[] => ['```text', text.replaceAll('```', "'''"), '```'];

/** Where a finding's page is, as a link from the document; undefined where nothing can be linked. */
type PageLink = (code: string) => string | undefined;

function pageText(code: string, link: string | undefined): string {
  return link === undefined ? `\`${pageName(code)}\`` : `[${pageName(code)}](${link})`;
}

function findings({ findings: all, cluster }: RunReport, linkOf: PageLink): string[] {
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
      `**${confidence === 'proved' ? 'Remedy' : 'Remedy, if this is it'}:** ${remedy}`,
      '',
      confidence === 'proved' ? '**Verify:**' : '**To confirm:**',
      '',
      ...fence(verify),
      '',
      `More: ${pageText(code, linkOf(code))}`,
      '',
      ...(rivals.length > 0
        ? [`Explains the observations as well: ${rivals.map((rival) => `\`${rival}\``).join(', ')}.`, '']
        : []),
      ...(explains.length > 0
        ? [
            'Follows from it and is not listed by itself: ' +
              `${explains.map((consequence) => `\`${consequence}\``).join(', ')}.`,
            '',
          ]
        : []),
    ]),
  ];
}

const suiteRow = ({
  name,
  verdict,
  passed,
  failed,
  inconclusive,
  skipped,
  durationMs,
}: RunReport['suites'][number]): string =>
  `| ${name} | ${verdict} | ${passed} | ${failed} | ${inconclusive} | ${skipped} | ` +
  `${(durationMs / 1000).toFixed(1)} s |`;

function suites({ suites: all }: RunReport): string[] {
  return [
    '## Suites',
    '',
    '| Suite | Verdict | Passed | Failed | Inconclusive | Skipped | Time |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...all.map(suiteRow),
    '',
  ];
}

function symptoms({ symptoms: all }: RunReport): string[] {
  const failed = all.filter(({ verdict }) => verdict === 'fail');
  const unclear = all.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'skipped');
  return [
    ...(failed.length > 0
      ? [
          '## Failed symptoms',
          '',
          ...failed.flatMap(({ suite, title, text }) => [
            `**${suite}:** ${title}`,
            '',
            ...fence(text ?? 'no text was given'),
            '',
          ]),
        ]
      : []),
    ...(unclear.length > 0
      ? [
          '## Not judged',
          '',
          '| Suite | Symptom | Verdict | Why |',
          '| --- | --- | --- | --- |',
          ...unclear.map(
            ({ suite, title, verdict, text }) => `| ${suite} | ${cell(title)} | ${verdict} | ${cell(text ?? '')} |`,
          ),
          '',
        ]
      : []),
  ];
}

const MAX_UNEXPLAINED = 24;

/** What failed and no finding accounts for: by place and kind first, then probe by probe. */
function notExplained(
  { unexplained, unexplainedGroups, sound, findings: all }: RunReport,
  observations: readonly Observation[],
): string[] {
  const ids = new Set(unexplained);
  const probes = observations.filter(
    (observation): observation is ProbeObservation => observation.type === 'probe' && ids.has(observation.id),
  );
  if (probes.length === 0) return [];
  const lines = pairLines(probes);
  const rest = lines.length - MAX_UNEXPLAINED;
  return [
    all.length === 0 ? '## Without a cause' : '## Follows from none of the findings',
    '',
    ...unexplainedGroups.map(({ title, confirm }) => `- ${title}; no cause proved. To confirm: \`${confirm}\``),
    ...(unexplainedGroups.length > 0 ? [''] : []),
    ...(sound.length > 0 ? [`Looked at, and sound: ${sound.join('; ')}.`, ''] : []),
    ...fence(
      [...lines.slice(0, MAX_UNEXPLAINED), ...(rest > 0 ? [`and ${rest} more in observations.ndjson`] : [])].join('\n'),
    ),
    '',
  ];
}

/** The text of summary.md. */
export function renderMarkdown(
  report: RunReport,
  observations: readonly Observation[],
  linkOf: PageLink = () => undefined,
): string {
  const { cluster, verdict, profile, runId, startedAt, holes, counts } = report;
  const lines = matrixLines(mergedMatrix(observations, cluster.nodes), entriesOf(observations, cluster.nodes));
  const problems = verdict === 'unhealthy' ? problemsText(problemsOf(report)) : undefined;
  return [
    `# Network of ${cluster.name}: ${verdict}${problems === undefined ? '' : `: ${problems}`}`,
    '',
    `${cluster.distribution} ${cluster.serverVersion}, ${cluster.overlay}, ${cluster.nodes.length} nodes; ` +
      `profile ${profile}; run ${runId}, started ${startedAt}; ` +
      `${counts.probes} probes: ${counts.passed} passed, ${counts.failed} failed, ${counts.inconclusive} inconclusive` +
      (counts.evidence > 0 ? `, ${counts.evidence} evidence only` : ''),
    '',
    ...findings(report, linkOf),
    ...notExplained(report, observations),
    ...changesMarkdown(report),
    ...suites(report),
    ...symptoms(report),
    ...(lines ? ['## Node to node', '', ...fence(lines.join('\n')), ''] : []),
    ...(holes.length > 0
      ? [
          '## Not looked at',
          '',
          ...holes.map(({ what, why, node }) => `- ${node === undefined ? '' : `${node}: `}${what}: ${why}`),
          '',
        ]
      : []),
  ].join('\n');
}

/** Writes summary.md, and appends the same to the file that GITHUB_STEP_SUMMARY names, when it does. */
export function writeMarkdown(
  path: string,
  report: RunReport,
  observations: readonly Observation[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  const folder = dirname(path);
  writeFileSync(
    path,
    renderMarkdown(report, observations, (code) => pageLink(code, folder)),
  );
  const stepSummary = env['GITHUB_STEP_SUMMARY'];
  // Links that lead to files would lead nowhere there.
  if (stepSummary) appendFileSync(stepSummary, `${renderMarkdown(report, observations)}\n`);
}
