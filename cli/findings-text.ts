import type { Diagnosis } from '../helpers/diagnose/index.ts';
import type { Unexplained } from '../helpers/model/finding.ts';
import type { Observation } from '../helpers/model/observation.ts';
import { pageLink, pageName } from '../helpers/report/finding-page.ts';
import { problemsOf, problemsText } from '../helpers/report/problems.ts';
import { whereText } from '../helpers/report/where.ts';

type Told = Pick<Diagnosis, 'findings' | 'groups' | 'sound'>;

const groupText = ({ title, confirm }: Unexplained): string =>
  [`no cause proved: ${title}`, `  to confirm     ${confirm}`, ''].join('\n');

/**
 * A diagnosis as text for people, cause first, then what no cause explains; the nodes of the cluster are those that the
 * observations name.
 */
export function findingsText({ findings, groups, sound }: Told, observations: readonly Observation[]): string {
  if (findings.length + groups.length === 0) return 'no cause was found\n';
  const nodes = [
    ...new Set(
      observations.flatMap((observation) =>
        observation.type === 'fact' && observation.key === 'node' && observation.node !== undefined
          ? [observation.node]
          : [],
      ),
    ),
  ];
  const problems = problemsOf({ findings, unexplainedGroups: groups });
  const told = findings.map(({ code, title, confidence, locations, evidence, remedy, verify, rivals }) =>
    [
      `${confidence}: ${title} (${code})`,
      `  where          ${whereText(locations, nodes)}`,
      ...evidence.map(({ text }) => `  evidence       ${text}`),
      ...(rivals.length > 0 ? [`  or else        ${rivals.join(', ')}`] : []),
      `  ${confidence === 'proved' ? 'remedy       ' : 'if this is it'}  ${remedy}`,
      `  ${confidence === 'proved' ? 'verify       ' : 'to confirm   '}  ${verify}`,
      `  page           ${pageLink(code, '.') ?? pageName(code)}`,
      '',
    ].join('\n'),
  );
  return [
    ...(problems.length > 1 ? [`${problemsText(problems)}\n`] : []),
    ...told,
    ...groups.map(groupText),
    ...(findings.some(({ confidence }) => confidence === 'proved') || sound.length === 0
      ? []
      : [`looked at, and sound: ${sound.join('; ')}\n`]),
  ].join('\n');
}
