import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnose } from '../../helpers/diagnose/index.ts';
import type { Finding } from '../../helpers/model/finding.ts';
import { readObservations } from '../../helpers/report/observations-file.ts';
import type { RunReport } from '../../helpers/report/run-report.ts';
import { healFaults, injectFault } from '../faults/lib/force.ts';
import { kubectlFor } from '../kubectl.ts';
import { readState } from '../state.ts';
import { labStatus } from '../status.ts';
import type { InForce } from '../faults/lib/types.ts';
import type { Outcome } from './outcome.ts';
import { withoutSsh } from './recorded.ts';
import type { Scenario } from './scenarios.ts';
import { begin } from './unrest.ts';

/**
 * Runs the gate profile on a lab as a user would, with reports into a folder. Undefined, with what it printed, where it
 * gave no report.
 */
export type RunGate = (
  lab: string,
  reportsDir: string,
  environment: Record<string, string>,
) => Promise<{ report?: RunReport; printed: string }>;

export interface RunScenarioOptions {
  lab: string;
  runGate: RunGate;
  /** Where the observations of the run are kept, when they are to be. */
  keepIn?: string;
}

/** Findings as an outcome keeps them. */
export const codes = (findings: Finding[]): Outcome['findings'] =>
  findings.map(({ code, confidence, locations, evidence }) => ({
    code,
    confidence,
    locations,
    evidence: evidence.map(({ text }) => text),
  }));

/**
 * Puts the scenario's faults into a lab, runs the gate on it, and mends it. Throws when a fault cannot be put in or the
 * lab not be mended.
 */
export async function runScenario(scenario: Scenario, { lab, runGate, keepIn }: RunScenarioOptions): Promise<Outcome> {
  const { kubectl } = await readState(lab);
  const nodes = (await labStatus(lab)).nodes.map(({ name }) => name);
  const folder = await mkdtemp(join(tmpdir(), 'netwright-accuracy-'));
  const inForce: InForce[] = [];
  try {
    for (const { id, where } of scenario.faults) inForce.push(await injectFault(lab, id, where));
    const end = await begin(scenario.unrest, kubectlFor(lab, kubectl));
    const ran = await runGate(lab, folder, { NETWRIGHT_HTML_REPORT: '0' });
    await end();
    const { report, printed } = ran;
    const base = { scenario, inForce, nodes };
    if (!report)
      return {
        ...base,
        verdict: 'none',
        findings: [],
        withoutSsh: [],
        failedSymptoms: 0,
        diagnosisMs: 0,
        totalMs: 0,
        trouble: printed.trim().split('\n').slice(-4).join(' '),
      };
    const path = join(folder, report.runId, 'observations.ndjson');
    if (keepIn) {
      await mkdir(keepIn, { recursive: true });
      await cp(path, join(keepIn, 'observations.ndjson'));
    }
    const blind = diagnose(withoutSsh(readObservations(path))).findings;
    const { verdict, timings, symptoms } = report;
    return {
      ...base,
      verdict,
      findings: codes(report.findings),
      withoutSsh: codes(blind),
      failedSymptoms: symptoms.filter((symptom) => symptom.verdict === 'fail').length,
      diagnosisMs: timings['diagnosisMs'] ?? 0,
      totalMs: timings['totalMs'] ?? 0,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (scenario.faults.length > 0) await healFaults(lab);
  }
}
