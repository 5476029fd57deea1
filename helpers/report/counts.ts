import type { Observation } from '../model/observation.ts';
import type { RunReport } from './run-report.ts';

/** The sums of report.json over a run's observations. */
export function countObservations(observations: readonly Observation[]): RunReport['counts'] {
  const probes = observations.filter((observation) => observation.type === 'probe');
  const count = (verdict: string) => probes.filter((probe) => probe.verdict === verdict).length;
  return {
    probes: probes.length,
    passed: count('pass'),
    failed: count('fail'),
    inconclusive: count('inconclusive'),
    facts: observations.length - probes.length,
  };
}
