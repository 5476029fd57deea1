import type { Acceptance } from '../model/acceptance.ts';
import type { Finding, Hole, Unexplained } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import type { RunContext } from '../model/run-context.ts';
import { countObservations } from '../report/counts.ts';
import { attributed } from '../report/attributed.ts';
import { REPORT_VERSION, type RunReport } from '../report/run-report.ts';
import { suiteResults, type SymptomResult } from './outcome.ts';
import { runVerdict } from './verdict.ts';

export interface Ended {
  context: RunContext;
  symptoms: SymptomResult[];
  durations: ReadonlyMap<string, number>;
  observations: Observation[];
  findings: Finding[];
  unexplained: string[];
  unexplainedGroups: Unexplained[];
  sound: string[];
  acceptance?: Acceptance;
  holes: Hole[];
  acceptances?: RunReport['acceptances'];
  /** Whether the run came to its end, and no part of it broke. */
  isComplete: boolean;
  timings: Record<string, number>;
  cost: { apiCalls: number; execs: number };
  netwrightVersion: string;
}

/** Puts together what a run leaves. Pure but for the time of its end. */
export function reportOf({
  context,
  symptoms,
  durations,
  observations,
  findings,
  unexplained,
  unexplainedGroups,
  sound,
  acceptance,
  holes,
  acceptances,
  isComplete,
  timings,
  cost,
  netwrightVersion,
}: Ended): RunReport {
  const { topology } = context;
  const nodes = topology.nodes.map(({ name }) => name);
  return {
    schemaVersion: REPORT_VERSION,
    runId: context.runId,
    netwrightVersion,
    verdict: runVerdict(symptoms, findings, holes, isComplete),
    profile: context.profile,
    startedAt: context.startedAt,
    endedAt: new Date().toISOString(),
    cluster: {
      name: topology.name,
      serverVersion: topology.serverVersion,
      distribution: topology.distribution,
      overlay: topology.overlay.kind,
      nodes,
      ...(topology.id !== undefined && { id: topology.id }),
    },
    suites: suiteResults(symptoms, durations),
    ...attributed(symptoms, findings, observations, nodes),
    unexplained,
    unexplainedGroups,
    sound,
    ...(acceptance && { acceptance }),
    holes,
    ...(acceptances && { acceptances }),
    timings,
    counts: { ...countObservations(observations), ...cost },
  };
}
