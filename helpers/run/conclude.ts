import type { Observation } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { diagnose } from '../diagnose/index.ts';
import type { AcceptedProblem } from '../model/accepted.ts';
import type { Hole } from '../model/finding.ts';
import { changesIn } from '../report/history/changes.ts';
import type { HistoryRecord } from '../report/history/record.ts';
import type { RunReport } from '../report/run-report.ts';
import { plainTexts } from '../report/plain.ts';
import { accept } from './accept.ts';
import { withAccepted } from './accepted.ts';
import { countersRise } from './counters-rise.ts';
import { exerciseWorkloads } from './exercise/exercise.ts';
import { holesIn } from './holes.ts';
import { ownCommand, withOwnCommand } from './own-command.ts';
import { muslNotes } from './musl-notes.ts';
import type { SymptomResult } from './outcome.ts';
import type { PreparedRun } from './prepare.ts';
import { recordInventory } from './read-inventory.ts';
import { reportOf } from './report-of.ts';
import { recordAfterwards } from './record-topology.ts';
import { targetedRounds } from './targeted-rounds.ts';
import { tryPolicies } from './try-policies.ts';

export interface Conclusion {
  report: RunReport;
  /** All observations of the run, those of the diagnosis' own rounds among them. */
  all: Observation[];
  /** What the network is; only where the run was to take it down. */
  snapshot?: Snapshot;
}

export interface ConcludeOptions {
  run: PreparedRun;
  symptoms: SymptomResult[];
  /** Errors outside of any test. */
  errors: string[];
  durations: ReadonlyMap<string, number>;
  timings: Record<string, number>;
  /** `performance.now()` at the start of the run. */
  startedAt: number;
  netwrightVersion: string;
  /** What is known of the run that it could not look at. */
  notes: readonly Hole[];
  /** What somebody accepts. */
  accepted: readonly AcceptedProblem[];
  /** Runs before this one, the oldest first. */
  history: readonly HistoryRecord[];
  /** Called when the cluster has been read for the last time: what the run made may go then. */
  onRead: () => void;
  signal: AbortSignal;
}

type Cost = { apiCalls: number; execs: number };

/** API requests of the run: this process's, and the last count of each process that ran suites. */
function costOf(observations: Observation[], own: Cost): Cost {
  const notes = observations.flatMap((observation) =>
    observation.type === 'fact' && observation.key === 'cost' && observation.value !== null ? [observation.value] : [],
  );
  const last = [...new Map(notes.map((note) => [note.process, note])).values()];
  return last.reduce((sum, { apiCalls, execs }) => ({ apiCalls: sum.apiCalls + apiCalls, execs: sum.execs + execs }), {
    ...own,
  });
}

/** Diagnoses what was observed, reading more where the diagnosis asks for it, and puts the report together. */
export async function concludeRun({
  run,
  errors,
  timings,
  startedAt,
  notes,
  accepted,
  history,
  onRead,
  signal,
  symptoms,
  ...rest
}: ConcludeOptions): Promise<Conclusion> {
  const { context, recorder, lock, client } = run;
  const begun = performance.now();
  for (const { node, value } of countersRise(recorder.observations))
    recorder.fact({ source: 'probe', node, key: 'counters-rise', value });
  await recordAfterwards(client, recorder, context, signal);
  if (context.acceptance && !signal.aborted) {
    recorder.fact({ source: 'runner', key: 'acceptance', value: context.acceptance.wanted });
    await recordInventory(run, signal);
    if (context.acceptance.isJudged) await exerciseWorkloads(run, signal);
    // Last: nothing else is asked of pods that a policy denies everything.
    if (context.acceptance.isJudged) await tryPolicies(run, signal);
  }
  onRead();
  await targetedRounds(run, signal);
  const all = recorder.observations;
  const { findings, unexplained, groups, sound } = diagnose(all);
  timings['diagnosisMs'] = Math.round(performance.now() - begun);
  timings['totalMs'] = Math.round(performance.now() - startedAt);
  const lockTrouble = lock.trouble();
  const holes = [
    ...(signal.aborted ? [{ what: 'everything after the interruption', why: 'the run was interrupted' }] : []),
    ...context.holes,
    ...notes,
    ...holesIn(all),
    ...muslNotes(all),
    ...(lockTrouble ? [{ what: 'the run lock', why: lockTrouble }] : []),
    ...errors.map((why) => ({ what: 'a part of a suite', why })),
  ];
  const isComplete = !signal.aborted && errors.length === 0;
  const judgement = context.acceptance && accept({ context, observations: all, symptoms, findings, holes, isComplete });
  const judged = {
    runId: context.runId,
    symptoms: [...symptoms, ...(judgement?.symptoms ?? [])],
    findings: withOwnCommand(findings, ownCommand(context)),
    unexplainedGroups: groups,
  };
  const report = reportOf({
    ...rest,
    ...withAccepted(judged, all, accepted, new Date().toISOString().slice(0, 10)),
    ...(judgement?.acceptance && { acceptance: judgement.acceptance }),
    context,
    observations: all,
    unexplained,
    sound,
    holes,
    isComplete,
    timings,
    cost: costOf(all, client.counts),
  });
  // What pods, servers and people of the cluster said goes into many formats: what is no text stays out of all of them.
  const plain = plainTexts(report);
  return {
    report: { ...plain, changes: changesIn(plain, history) },
    all,
    ...(judgement?.snapshot && { snapshot: judgement.snapshot }),
  };
}
