import type { Observation, Verdict } from '../model/observation.ts';
import type { RunReport } from './run-report.ts';

/** The sums of report.json over a run's observations. */
export function countObservations(observations: readonly Observation[]): RunReport['counts'] {
  const probes = observations.filter((observation) => observation.type === 'probe');
  const count = (verdict: Verdict) => probes.filter((probe) => probe.verdict === verdict).length;
  return {
    probes: probes.length,
    passed: count('pass'),
    failed: count('fail'),
    inconclusive: count('inconclusive'),
    evidence: count('evidence'),
    facts: observations.length - probes.length,
  };
}
