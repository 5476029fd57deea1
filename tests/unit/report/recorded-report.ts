import { fileURLToPath } from 'node:url';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import type { Observation, ProbeObservation } from '../../../helpers/model/observation.ts';
import { SUITES, type SuiteName } from '../../../helpers/model/suites.ts';
import { attributed } from '../../../helpers/report/attributed.ts';
import { countObservations } from '../../../helpers/report/counts.ts';
import { failureText } from '../../../helpers/report/failure-text.ts';
import type { RunReport } from '../../../helpers/report/run-report.ts';
import { renderTerminal } from '../../../helpers/report/terminal.ts';
import { holesIn } from '../../../helpers/run/holes.ts';
import { suiteResults, type SymptomResult } from '../../../helpers/run/outcome.ts';
import { runVerdict } from '../../../helpers/run/verdict.ts';
import { chosenBy, readingOnly, symptomsOf, type Suite } from '../../../helpers/suite/declaration.ts';
import { readRecorded } from '../../../lab/accuracy/recorded.ts';
import { probeOf } from '../../support/observations.ts';
import { healthyReport } from './sample.ts';

const FOLDER = fileURLToPath(new URL('../diagnose/recorded', import.meta.url));
const sets = await readRecorded(FOLDER);

const isProbe = (each: Observation): each is ProbeObservation => each.type === 'probe';

/** What a run observed while this was in force on a lab of three nodes. */
export function recorded(scenario: string): Observation[] {
  const set = sets.find((each) => each.scenario === scenario);
  if (!set) throw new Error(`no set is recorded of ${scenario}`);
  return set.observations;
}

/** The same where probes ended in another way. */
export const changed = (
  observations: readonly Observation[],
  change: (probe: ProbeObservation) => Partial<ProbeObservation> | undefined,
): Observation[] =>
  observations.map((each) => (isProbe(each) ? ({ ...each, ...change(each) } as ProbeObservation) : each));

/** All that failed passes, and every burst comes out of the tunnel. */
export const fixed = (observations: readonly Observation[]): Observation[] =>
  changed(
    observations.filter((each) => !isProbe(each) || each.role !== 'plain-burst'),
    (probe) =>
      probe.verdict === 'fail'
        ? {
            verdict: 'pass',
            errorKind: undefined,
            reason: undefined,
            succeeded: probe.attempts,
            ...(probe.kind === 'burst' && { got: probeOf('burst').got }),
          }
        : undefined,
  );

const suites = await readingOnly(() =>
  Promise.all(
    SUITES.map(async (name) => ((await import(`../../../suites/${name}.suite.ts`)) as { default: Suite }).default),
  ),
);

function unclearText(chosen: readonly ProbeObservation[]): string {
  const unclear = chosen.filter(({ verdict }) => verdict === 'inconclusive');
  return `${unclear.length} of ${chosen.length} not observed: ${unclear[0]?.reason ?? ''}`;
}

function symptomResults(suite: Suite, observations: readonly ProbeObservation[]): SymptomResult[] {
  return symptomsOf(suite, undefined).flatMap((symptom): SymptomResult[] => {
    const chosen = chosenBy(symptom, observations);
    const has = (verdict: ProbeObservation['verdict']) => chosen.some((probe) => probe.verdict === verdict);
    // What no set has observations of, as of a symptom that is newer than the sets, is left out.
    if (chosen.length === 0) return [];
    const verdict = has('fail') ? 'fail' : has('inconclusive') ? 'inconclusive' : 'pass';
    const { title } = symptom;
    return [
      {
        suite: suite.name,
        title,
        fullName: `${suite.name} ${title}`,
        verdict,
        ...(verdict === 'inconclusive' && { text: unclearText(chosen) }),
        ...(verdict === 'fail' && { text: failureText(chosen, { among: observations }) }),
        observations: chosen.map(({ id }) => id),
        durationMs: 0,
      },
    ];
  });
}

/** The report that a run with these observations leaves, as the parts of a real run put it together. */
export function reportOn(observations: readonly Observation[], only: readonly SuiteName[] = SUITES): RunReport {
  const seen = observations.filter((each) => !isProbe(each) || only.some((name) => name === each.suite));
  const probes = seen.filter(isProbe);
  const nodes = seen.flatMap((each) =>
    each.type === 'fact' && each.key === 'node' && each.value ? [each.value.name] : [],
  );
  const { findings, unexplained, groups, sound } = diagnose(seen);
  const symptoms = suites
    .filter(({ name }) => only.includes(name))
    .flatMap((suite) =>
      symptomResults(
        suite,
        probes.filter((probe) => probe.suite === suite.name),
      ),
    );
  const holes = holesIn(seen);
  return {
    ...healthyReport,
    verdict: runVerdict(symptoms, findings, holes),
    cluster: { ...healthyReport.cluster, nodes: [...new Set(nodes)] },
    suites: suiteResults(symptoms),
    ...attributed(symptoms, findings, seen, [...new Set(nodes)]),
    unexplained,
    unexplainedGroups: groups,
    sound,
    holes,
    counts: countObservations(seen),
  };
}

/** The overlay's port is closed before k3s-worker-02. */
export const filtered = recorded('vxlan-port-filtered-in-path/one-node');
const isHttps = ({ role, asked, destination }: ProbeObservation) =>
  role === 'worker' && asked.protocol === 'https' && destination.node === 'k3s-worker-01';
/** A rule on k3s-worker-01 sends its port 443 where nobody listens. */
export const refusing = (observations: readonly Observation[]) =>
  changed(observations, (probe) =>
    isHttps(probe)
      ? { verdict: 'fail', errorKind: 'refused', reason: 'connection refused', succeeded: 0 }
      : probe.role === 'worker' && probe.destination.node === 'k3s-worker-01'
        ? { verdict: 'pass', errorKind: undefined, reason: undefined, succeeded: probe.attempts }
        : undefined,
  );
/** What a run of these suites prints. */
export function screen(observations: readonly Observation[], ...only: Parameters<typeof reportOn>[1] & {}): string {
  const names: readonly string[] = only.length > 0 ? only : SUITES;
  // A run of some suites records nothing of the others.
  const seen = observations.filter((each) => !isProbe(each) || names.includes(each.suite));
  return renderTerminal(reportOn(seen, only.length > 0 ? only : undefined), seen);
}
