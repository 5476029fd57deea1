import { UNEXPLAINED } from '../../model/accepted.ts';
import type { Location } from '../../model/finding.ts';
import type { RunReport } from '../run-report.ts';
import { lastingPlace, nodesIn } from './places.ts';
import type { KnownProblem } from './problem-schema.ts';

/** One code at more places than this is known as one problem: a mesh of a hundred nodes has ten thousand pairs. */
const MOST_PLACES = 50;
/** The place of such a one. */
export const MANY_PLACES = `more than ${MOST_PLACES} places`;

/** By what a problem is the same tomorrow. */
export const identityOf = ({ code, place }: Pick<KnownProblem, 'code' | 'place'>): string => `${code} at ${place}`;

function suitesOf(ids: readonly string[], { symptoms }: RunReport): string[] {
  const own = new Set(ids);
  const failed = symptoms.filter(({ verdict }) => verdict === 'fail');
  const by = failed.filter(({ observations }) => observations.some((id) => own.has(id)));
  return [...new Set((by.length > 0 ? by : failed).map(({ suite }) => suite))];
}

interface AtPlaces extends Omit<KnownProblem, 'place' | 'nodes'> {
  locations: readonly Location[];
}

function atEachPlace({ locations, ...problem }: AtPlaces, runId: string): KnownProblem[] {
  const at = new Map((locations.length > 0 ? locations : [{}]).map((each) => [lastingPlace(each, runId), each]));
  if (at.size > MOST_PLACES)
    return [{ ...problem, place: MANY_PLACES, nodes: [...new Set([...at.values()].flatMap(nodesIn))] }];
  return [...at].map(([place, location]) => ({ ...problem, place, nodes: nodesIn(location) }));
}

/**
 * The problems of a run, one a place: findings, failures that nothing explains, and where neither stands, the failed
 * symptoms themselves. Pure.
 */
export function knownProblems(report: RunReport): KnownProblem[] {
  const { findings, unexplainedGroups, symptoms, runId } = report;
  const found = findings.flatMap(({ code, title, confidence, locations, evidence }) =>
    atEachPlace(
      {
        code,
        title,
        confidence,
        locations,
        suites: suitesOf(
          evidence.flatMap((each) => each.observations),
          report,
        ),
      },
      runId,
    ),
  );
  const unexplained = unexplainedGroups
    .filter(({ isOwnProblem }) => isOwnProblem)
    .flatMap(({ title, location, observations }) =>
      atEachPlace(
        {
          code: UNEXPLAINED,
          title,
          confidence: 'unexplained',
          locations: [location],
          suites: suitesOf(observations, report),
        },
        runId,
      ),
    );
  const isOpen =
    findings.some(({ accepted }) => !accepted) ||
    unexplainedGroups.some(({ isOwnProblem, accepted }) => isOwnProblem && !accepted);
  const bare = isOpen
    ? []
    : symptoms
        .filter(({ verdict, acceptedBy }) => verdict === 'fail' && !acceptedBy)
        .map(({ suite, title }): KnownProblem => ({
          code: UNEXPLAINED,
          place: `${suite}: ${title}`,
          title,
          confidence: 'unexplained',
          nodes: [],
          suites: [suite],
        }));
  // Proved at a place, it is not a candidate there as well.
  return [
    ...new Map([...found, ...unexplained, ...bare].toReversed().map((each) => [identityOf(each), each])).values(),
  ].toReversed();
}
