import type { Finding, Hole, RunVerdict } from '../model/finding.ts';
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

export function exitCodeOf(verdict: RunVerdict): ExitCodeValue {
  return verdict === 'healthy'
    ? ExitCode.healthy
    : verdict === 'unhealthy'
      ? ExitCode.unhealthy
      : ExitCode.inconclusive;
}
