import type { Observation, ProbeObservation } from '../model/observation.ts';
import { count } from './counted.ts';
import { pairLines } from './failure-text.ts';
import { pageName } from './finding-page.ts';
import { capped, fence, folded } from './markdown-form.ts';
import type { RunReport } from './run-report.ts';
import { whereText } from './where.ts';

/** Where a finding's page is, as a link from the document; undefined where nothing can be linked. */
export type PageLink = (code: string) => string | undefined;

type ReportedFinding = RunReport['findings'][number];

/** So much of the evidence is said at once; the rest can be opened. */
const SHOWN_EVIDENCE = 3;
const MAX_EVIDENCE = 40;
const MAX_LEFT = 24;
const MAX_FINDINGS = 20;

const coded = (codes: readonly string[]): string => codes.map((code) => `\`${code}\``).join(', ');

function pageText(code: string, link: string | undefined): string {
  return link === undefined ? `\`${pageName(code)}\`` : `[${pageName(code)}](${link})`;
}

/** How much of what failed follows from a finding. */
function followersText({ explains }: ReportedFinding, { counts }: RunReport): string[] {
  const { symptoms, observations, findings } = explains;
  if (observations.length === 0) return [];
  const suites = [...new Set(symptoms.map(({ suite }) => suite))];
  return [
    `Follows from it: ${observations.length} of ${count(counts.failed, 'failed probe')}` +
      (symptoms.length > 0 ? `, ${count(symptoms.length, 'symptom')} of ${suites.join(', ')}` : '') +
      (findings.length > 0 ? `; not listed by itself: ${coded(findings)}` : '') +
      '.',
    '',
  ];
}

function findingPart(finding: ReportedFinding, report: RunReport, linkOf: PageLink): string[] {
  const { code, title, confidence, locations, evidence, remedy, verify, rivals } = finding;
  const isProved = confidence === 'proved';
  const texts = evidence.map(({ text }) => `- ${text}`);
  const rest = texts.slice(SHOWN_EVIDENCE);
  return [
    `### ${title}`,
    '',
    `\`${code}\`, ${confidence}; ${whereText(locations, report.cluster.nodes)}`,
    '',
    ...texts.slice(0, SHOWN_EVIDENCE),
    '',
    ...folded(`${rest.length} more of the evidence`, capped(rest, MAX_EVIDENCE, 'report.json')),
    `**${isProved ? 'Remedy' : 'Remedy, if this is it'}:** ${remedy}`,
    '',
    isProved ? '**Verify:**' : '**To confirm:**',
    '',
    ...fence(verify),
    '',
    ...followersText(finding, report),
    ...(rivals.length > 0 ? [`Explains the observations as well: ${coded(rivals)}.`, ''] : []),
    `More: ${pageText(code, linkOf(code))}`,
    '',
  ];
}

/** A part for each finding, cause first. */
export function findingParts(report: RunReport, linkOf: PageLink): string[][] {
  const { findings } = report;
  if (findings.length === 0) return [];
  const rest = findings.slice(MAX_FINDINGS).map(({ title, code }) => `- ${title} (\`${code}\`)`);
  return [
    ['## Findings', ''],
    ...findings.slice(0, MAX_FINDINGS).map((finding) => findingPart(finding, report, linkOf)),
    folded(`${rest.length} more findings`, capped(rest, MAX_EVIDENCE, 'report.json')),
  ];
}

/** What failed and no finding accounts for: by place and kind, and the probes folded. */
export function leftoverParts(
  { unexplained, unexplainedGroups, sound, findings }: RunReport,
  observations: readonly Observation[],
): string[][] {
  const ids = new Set(unexplained);
  const probes = observations.filter(
    (observation): observation is ProbeObservation => observation.type === 'probe' && ids.has(observation.id),
  );
  if (probes.length === 0) return [];
  const lines = pairLines(probes);
  const rest = lines.length - MAX_LEFT;
  const groups = unexplainedGroups.map(
    ({ title, confirm }) => `- ${title}; no cause proved. To confirm: \`${confirm}\``,
  );
  return [
    [
      findings.length === 0 ? '## Without a cause' : '## Follows from none of the findings',
      '',
      ...capped(groups, MAX_LEFT, 'report.json'),
      ...(groups.length > 0 ? [''] : []),
      ...(sound.length > 0 ? [`Looked at, and sound: ${sound.join('; ')}.`, ''] : []),
      ...folded(
        count(probes.length, 'failed probe'),
        fence(
          [...lines.slice(0, MAX_LEFT), ...(rest > 0 ? [`and ${rest} more in observations.ndjson`] : [])].join('\n'),
        ),
      ),
    ],
  ];
}
