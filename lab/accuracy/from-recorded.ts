import { diagnose } from '../../helpers/diagnose/index.ts';
import type { Outcome } from './outcome.ts';
import { withoutSsh, type Recorded } from './recorded.ts';
import { codes } from './run-scenario.ts';
import type { Scenario } from './scenarios.ts';

/** What today's diagnosis says of a run of which the recorded set is at hand, and no times. */
export const outcomeOf = (scenario: Scenario, { inForce, nodes, observations }: Recorded): Outcome => ({
  scenario,
  inForce,
  nodes,
  verdict: 'unhealthy',
  findings: codes(diagnose(observations).findings),
  withoutSsh: codes(diagnose(withoutSsh(observations)).findings),
  failedSymptoms: 0,
  diagnosisMs: 0,
  totalMs: 0,
});
