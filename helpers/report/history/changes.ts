import type { RunReport } from '../run-report.ts';
import { identityOf, knownProblems, MANY_PLACES } from './known-problem.ts';
import type { KnownProblem } from './problem-schema.ts';
import { isSameCluster, type HistoryRecord, type RecordedProblem } from './record.ts';

/** Over so many runs it is said how often a problem was there. */
const LOOK_BACK_RUNS = 10;

export interface Change extends KnownProblem {
  /**
   * `new`: not there in the last run. `still`: there as well. `mended`: it was there, this run looked and does not see
   * it. `unclear`: it was there, and this run could not tell.
   */
  state: 'new' | 'still' | 'mended' | 'unclear';
  /** ISO time of the first run of those that have it without a break. */
  since: string;
  /** Why it is unclear. */
  why?: string;
  /** Set where it went and came back: in how many of the last runs it was there, this one counted. */
  flaps?: { seen: number; of: number };
}

export interface Changes {
  /** The run that this one is held against; absent where there is none. */
  previous?: Pick<HistoryRecord, 'runId' | 'startedAt' | 'verdict'>;
  problems: Change[];
}

/** Whether one of these is the problem that is meant: at the same place, or at so many that no place counts. */
const has = (problems: readonly Pick<KnownProblem, 'code' | 'place'>[], { code, place }: KnownProblem): boolean =>
  problems.some(
    (other) => other.code === code && (other.place === place || other.place === MANY_PLACES || place === MANY_PLACES),
  );

/** Why a run that does not name a problem cannot say that it is mended; undefined where it can. */
function whyUnclear(problem: RecordedProblem, report: RunReport): string | undefined {
  const { suites, findings, holes, cluster, symptoms, unexplained } = report;
  const left = problem.nodes.find((node) =>
    holes.some(({ node: at, what }) => at === node || what.split(', ').includes(node)),
  );
  if (left !== undefined) return `${left} was not looked at`;
  // A node that is gone has taken its problem along.
  if (problem.nodes.some((node) => !cluster.nodes.includes(node))) return undefined;
  const missing = problem.suites.find((name) => {
    const own = symptoms.filter(({ suite }) => suite === name);
    return !suites.some((suite) => suite.name === name) || own.some(({ verdict }) => verdict === 'inconclusive');
  });
  if (missing !== undefined) return `${missing} was not looked at in full`;
  const cover = findings.find(({ explains }) => explains.findings.includes(problem.code));
  if (cover !== undefined) return `it may stand behind ${cover.code}`;
  const open = new Set(unexplained);
  const unsettled = symptoms.find(
    ({ suite, verdict, observations }) =>
      verdict === 'fail' && problem.suites.includes(suite) && observations.some((id) => open.has(id)),
  );
  if (unsettled !== undefined) return `${unsettled.suite} has failures without a cause`;
  if (suites.length === 0 || !symptoms.some(({ verdict }) => verdict === 'pass')) return 'nothing was seen to pass';
  return undefined;
}

/** Set where it was there, was seen to be gone, and was or is there again. */
function flapsOf(problem: KnownProblem, isThere: boolean, past: readonly HistoryRecord[]): Change['flaps'] {
  const nights = past
    .slice(-(LOOK_BACK_RUNS - 1))
    .filter(({ problems }) => !problems.some((each) => each.isUnclear && has([each], problem)))
    .map(({ problems }) => has(problems, problem));
  const all = [...nights, isThere];
  const went = all.findIndex((there, index) => !there && all[index - 1] === true);
  const isBack = went !== -1 && all.includes(true, went);
  return isBack ? { seen: all.filter(Boolean).length, of: all.length } : undefined;
}

/**
 * What is new in a run, still there, mended, or unclear, held against the last run of the same cluster; with the runs
 * before it for how often a problem was there. `history` is in order, the oldest first. Pure.
 */
export function changesIn(report: RunReport, history: readonly HistoryRecord[]): Changes {
  const past = history.filter((record) => isSameCluster(record, report) && record.runId !== report.runId);
  const previous = past.at(-1);
  const before = previous?.problems ?? [];
  const now = knownProblems(report);
  const flapping = (problem: KnownProblem, isThere: boolean) => {
    const flaps = flapsOf(problem, isThere, past);
    return flaps && { flaps };
  };
  const present = now.map((problem): Change => {
    const earlier = before.find((each) => has([each], problem));
    const state = earlier ? 'still' : 'new';
    return { ...problem, state, since: earlier?.since ?? report.startedAt, ...flapping(problem, true) };
  });
  const absent = before
    .filter((problem) => !has(now, problem))
    .map((problem): Change => {
      const why = whyUnclear(problem, report);
      if (why !== undefined) return { ...problem, state: 'unclear', why };
      return { ...problem, state: 'mended', ...flapping(problem, false) };
    });
  return {
    ...(previous && {
      previous: { runId: previous.runId, startedAt: previous.startedAt, verdict: previous.verdict },
    }),
    problems: [...new Map([...present, ...absent].map((each) => [identityOf(each), each])).values()],
  };
}
