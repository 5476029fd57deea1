import type { Finding } from '../helpers/model/finding.ts';
import { whereText } from '../helpers/report/where.ts';

/** Findings as text for people, cause first. */
export function findingsText(findings: Finding[]): string {
  if (findings.length === 0) return 'no cause was found\n';
  const nodes = [...new Set(findings.flatMap(({ locations }) => locations.flatMap(({ node, from, to }) => [node, from, to].filter((name) => name !== undefined))))];
  return findings
    .map(({ code, title, confidence, locations, evidence, remedy, verify, rivals }) =>
      [
        `${confidence}: ${title} (${code})`,
        `  where    ${whereText(locations, nodes)}`,
        ...evidence.map(({ text }) => `  evidence ${text}`),
        ...(rivals.length > 0 ? [`  or       ${rivals.join(', ')}`] : []),
        `  remedy   ${remedy}`,
        `  verify   ${verify}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}
