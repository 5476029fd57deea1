import { isPlaceMeant } from '../model/accepted.ts';
import type { FailOn } from '../config/variables/run.ts';
import type { Finding, Hole, RunVerdict } from '../model/finding.ts';
import type { RunReport } from '../report/run-report.ts';
import { ExitCode, type ExitCodeValue } from '../errors.ts';
import type { SymptomResult } from './outcome.ts';

/**
 * The verdict of a run: unhealthy when a symptom failed or a cause is proved that is not accepted; inconclusive when
 * something could not be observed, or nothing was, or the run did not come to its end; healthy only when all that was
 * asked was seen to work.
 */
export function runVerdict(
  symptoms: SymptomResult[],
  findings: Finding[],
  holes: Hole[],
  isComplete = true,
): RunVerdict {
  const has = (verdict: SymptomResult['verdict']) => symptoms.some((symptom) => symptom.verdict === verdict);
  const isFailed = symptoms.some(({ verdict, acceptedBy }) => verdict === 'fail' && acceptedBy === undefined);
  const isProved = findings.some(({ confidence, accepted }) => confidence === 'proved' && accepted === undefined);
  if (isFailed || isProved) return 'unhealthy';
  // A node without probes is a part of the cluster that was not looked at, and a run that lost its lock may have been
  // disturbed by another. A sampled mesh is a choice.
  if (!isComplete || has('inconclusive') || !has('pass') || holes.some(({ isByChoice }) => !isByChoice))
    return 'inconclusive';
  return 'healthy';
}

interface Judged extends Pick<RunReport, 'verdict' | 'changes' | 'acceptances'> {
  symptoms: readonly Pick<SymptomResult, 'verdict' | 'acceptedBy'>[];
  findings: readonly Finding[];
}

/** Problems of a run that the last one did not have, but for those that are accepted. */
export function newProblems({ changes, acceptances = [] }: Pick<RunReport, 'changes' | 'acceptances'>): string[] {
  const isAccepted = (code: string, place: string) =>
    acceptances.some((each) => each.state === 'in-force' && each.code === code && isPlaceMeant(each.place, place));
  const open = (changes?.problems ?? []).filter(
    ({ state, code, place }) => state === 'new' && !isAccepted(code, place),
  );
  return [...new Set(open.map(({ code }) => code))];
}

/**
 * The exit code of a run, by the least that is to fail it. A run in which nothing passed and nothing failed has seen
 * nothing, and is never 0.
 */
export function exitCodeOf(report: Judged, failOn: FailOn = 'inconclusive'): ExitCodeValue {
  const { verdict, symptoms, findings } = report;
  if (verdict === 'healthy') return ExitCode.healthy;
  if (!symptoms.some((each) => each.verdict === 'pass' || each.verdict === 'fail')) return ExitCode.inconclusive;
  switch (failOn) {
    case 'inconclusive':
      return verdict === 'unhealthy' ? ExitCode.unhealthy : ExitCode.inconclusive;
    case 'fail':
      return verdict === 'unhealthy' ? ExitCode.unhealthy : ExitCode.healthy;
    case 'proved':
      return findings.some(({ confidence, accepted }) => confidence === 'proved' && !accepted)
        ? ExitCode.unhealthy
        : ExitCode.healthy;
    case 'new':
      return newProblems(report).length > 0 ? ExitCode.unhealthy : ExitCode.healthy;
  }
}
