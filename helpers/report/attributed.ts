import type { Finding } from '../model/finding.ts';
import type { Observation, ProbeObservation } from '../model/observation.ts';
import { explainedBy, followsFrom } from './follow.ts';
import type { ReportedSymptom, RunReport } from './run-report.ts';

type Symptom = Pick<ReportedSymptom, 'suite' | 'title' | 'verdict' | 'text' | 'observations' | 'acceptedBy'>;

/**
 * When a symptom's probes were under way: from the start of the first to the end of the last. A suite asks all of its
 * probes at once and judges afterwards, so that the time of a test itself says nothing.
 */
function timesOf(probes: readonly ProbeObservation[]): Pick<ReportedSymptom, 'startedAt' | 'durationMs'> {
  if (probes.length === 0) return {};
  const ends = probes.map(({ at }) => Date.parse(at));
  const startMs = probes.reduce((first, { durationMs }, at) => Math.min(first, (ends[at] ?? 0) - durationMs), Infinity);
  return {
    startedAt: new Date(startMs).toISOString(),
    durationMs: Math.round(ends.reduce((latest, end) => Math.max(latest, end), startMs) - startMs),
  };
}

/**
 * Symptoms and findings as the report has them: each symptom with its times and the findings from which it follows,
 * each finding with what it explains. Pure.
 */
export function attributed(
  symptoms: readonly Symptom[],
  findings: readonly Finding[],
  observations: readonly Observation[],
  nodes: readonly string[],
): Pick<RunReport, 'symptoms' | 'findings'> {
  const probes = observations.filter((each): each is ProbeObservation => each.type === 'probe');
  const byId = new Map(probes.map((probe) => [probe.id, probe]));
  const failed = new Set(probes.flatMap(({ id, verdict }) => (verdict === 'fail' ? [id] : [])));
  return {
    symptoms: symptoms.map((symptom) => ({
      suite: symptom.suite,
      title: symptom.title,
      verdict: symptom.verdict,
      text: symptom.text,
      observations: symptom.observations,
      ...(symptom.acceptedBy && { acceptedBy: symptom.acceptedBy }),
      followsFrom: followsFrom(symptom, findings, failed, nodes),
      ...timesOf(symptom.observations.flatMap((id) => byId.get(id) ?? [])),
    })),
    findings: findings.map((finding) => ({ ...finding, explains: explainedBy(finding, symptoms) })),
  };
}
