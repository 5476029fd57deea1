import { notAccepted } from '../diagnose/index.ts';
import { isExpired, isPlaceMeant, UNEXPLAINED, type AcceptedProblem } from '../model/accepted.ts';
import type { Finding, Location, Unexplained } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import { lastingPlace } from '../report/history/places.ts';
import type { RunReport } from '../report/run-report.ts';
import type { SymptomResult } from './outcome.ts';

/** Of a run, what may be accepted. */
export interface Judged {
  runId: string;
  symptoms: SymptomResult[];
  findings: Finding[];
  unexplainedGroups: Unexplained[];
}

export interface Accepted extends Omit<Judged, 'runId'> {
  acceptances?: NonNullable<RunReport['acceptances']>;
}

const codesOf = (groups: readonly { accepted?: AcceptedProblem }[]): string[] => [
  ...new Set(groups.flatMap(({ accepted }) => accepted?.code ?? [])),
];

/**
 * Marks what is accepted on a day (YYYY-MM-DD): findings and groups at places that are all accepted, and the symptoms
 * of which every failed probe is accounted for by those. Pure.
 */
export function withAccepted(
  { runId, symptoms, findings, unexplainedGroups }: Judged,
  observations: readonly Observation[],
  all: readonly AcceptedProblem[],
  today: string,
): Accepted {
  if (all.length === 0) return { symptoms, findings, unexplainedGroups };
  const used = new Set<AcceptedProblem>();
  const known = new Set<AcceptedProblem>();
  const at = (code: string, location: Location): AcceptedProblem | undefined => {
    const place = lastingPlace(location, runId);
    const meant = all.filter((each) => each.code === code && isPlaceMeant(each.place, place));
    for (const each of meant) known.add(each);
    const holding = meant.find((each) => !isExpired(each, today));
    if (holding) used.add(holding);
    return holding;
  };
  const everywhere = (code: string, locations: readonly Location[]) => {
    const by = (locations.length > 0 ? locations : [{}]).map((location) => at(code, location));
    return by.includes(undefined) ? undefined : by[0];
  };
  const markedFindings = findings.map((finding) => {
    const accepted = everywhere(finding.code, finding.locations);
    return accepted ? { ...finding, accepted } : finding;
  });
  const markedGroups = unexplainedGroups.map((group) => {
    const accepted = at(UNEXPLAINED, group.location);
    return accepted ? { ...group, accepted } : group;
  });
  const left = new Set(
    used.size > 0 ? notAccepted(observations, (code, location) => at(code, location) !== undefined) : [],
  );
  for (const { accepted, observations: ids } of markedGroups) if (accepted) for (const id of ids) left.delete(id);
  const failed = new Set(
    observations.flatMap((each) => (each.type === 'probe' && each.verdict === 'fail' ? [each.id] : [])),
  );
  const isAccepted = ({ verdict, observations: ids }: SymptomResult): boolean =>
    used.size > 0 && verdict === 'fail' && ids.some((id) => failed.has(id)) && !ids.some((id) => left.has(id));
  const acceptedBy = codesOf([...markedFindings, ...markedGroups, ...[...used].map((accepted) => ({ accepted }))]);
  return {
    findings: markedFindings,
    unexplainedGroups: markedGroups,
    symptoms: symptoms.map((symptom) => (isAccepted(symptom) ? { ...symptom, acceptedBy } : symptom)),
    acceptances: all.map((each) => ({
      ...each,
      state: isExpired(each, today) ? 'expired' : known.has(each) ? 'in-force' : 'not-found',
    })),
  };
}
