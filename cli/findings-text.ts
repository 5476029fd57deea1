import type { Finding } from '../helpers/model/finding.ts';
import type { Observation } from '../helpers/model/observation.ts';
import { pageLink, pageName } from '../helpers/report/finding-page.ts';
import { whereText } from '../helpers/report/where.ts';

/** Findings as text for people, cause first; the nodes of the cluster are those that the observations name. */
export function findingsText(findings: Finding[], observations: readonly Observation[]): string {
  if (findings.length === 0) return 'no cause was found\n';
  const nodes = [
    ...new Set(
      observations.flatMap((observation) =>
        observation.type === 'fact' && observation.key === 'node' && observation.node !== undefined
          ? [observation.node]
          : [],
      ),
    ),
  ];
  return findings
    .map(({ code, title, confidence, locations, evidence, remedy, verify, rivals }) =>
      [
        `${confidence}: ${title} (${code})`,
        `  where    ${whereText(locations, nodes)}`,
        ...evidence.map(({ text }) => `  evidence ${text}`),
        ...(rivals.length > 0 ? [`  or else  ${rivals.join(', ')}`] : []),
        `  ${confidence === 'proved' ? 'remedy  ' : 'if so   '} ${remedy}`,
        `  ${confidence === 'proved' ? 'verify  ' : 'tell by '} ${verify}`,
        `  page     ${pageLink(code, '.') ?? pageName(code)}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}
