import type { Finding, Unexplained } from '../model/finding.ts';

/** One problem of a cluster that follows from no other. */
export type Problem =
  | { kind: 'proved'; title: string; findings: Finding[] }
  | { kind: 'candidates'; title: string; findings: Finding[] }
  | { kind: 'unexplained'; title: string; group: Unexplained };

/** Candidates that explain the same are one problem: those that name each other, by however many steps. */
function rivalsTogether(candidates: Finding[]): Finding[][] {
  const groups: Finding[][] = [];
  for (const candidate of candidates) {
    const near = groups.filter((group) =>
      group.some(({ code, rivals }) => rivals.includes(candidate.code) || candidate.rivals.includes(code)),
    );
    for (const group of near) groups.splice(groups.indexOf(group), 1);
    groups.push([...near.flat(), candidate]);
  }
  return groups;
}

/**
 * What is wrong, counted by what is independent: each proved cause, candidates that explain the same, and each group of
 * failures that nothing explains and that cannot be the far end of another; what is accepted is none. In the order of
 * the findings. Pure.
 */
export function problemsOf({
  findings,
  unexplainedGroups,
}: {
  findings: readonly Finding[];
  unexplainedGroups: readonly Unexplained[];
}): Problem[] {
  const open = findings.filter(({ accepted }) => accepted === undefined);
  const proved = Map.groupBy(
    open.filter(({ confidence }) => confidence === 'proved'),
    ({ code }) => code,
  );
  // What is likely at one place and proved at another is one problem.
  const candidates = open.filter(({ confidence, code }) => confidence === 'candidate' && !proved.has(code));
  return [
    ...[...proved.values()].map((own): Problem => ({ kind: 'proved', title: own[0]?.title ?? '', findings: own })),
    ...rivalsTogether(candidates).map((own): Problem => ({
      kind: 'candidates',
      title: `likely ${own[0]?.title ?? ''}`,
      findings: own,
    })),
    ...unexplainedGroups
      .filter(({ isOwnProblem, accepted }) => isOwnProblem && accepted === undefined)
      .map((group): Problem => ({ kind: 'unexplained', title: group.title, group })),
  ];
}

/** `2 problems: …; …` for several, the first two by their titles; undefined where there is none. */
export function problemsText(problems: readonly Problem[]): string | undefined {
  const [first, second] = problems;
  if (!first) return undefined;
  const alone = first.kind === 'proved' ? first.title : `${first.title}; no cause is proved`;
  if (!second) return alone;
  const rest = problems.length - 2;
  return `${problems.length} problems: ${first.title}; ${second.title}${rest > 0 ? `; and ${rest} more` : ''}`;
}
