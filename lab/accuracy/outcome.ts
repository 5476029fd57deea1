import { appendFile, readFile } from 'node:fs/promises';
import type { InForce } from '../faults/lib/types.ts';
import type { Named } from './judge.ts';
import type { Scenario } from './scenarios.ts';

/** What one scenario came to. */
export interface Outcome {
  scenario: Scenario;
  inForce: InForce[];
  nodes: string[];
  verdict: string;
  findings: (Named & { evidence: string[] })[];
  /** What the same observations name without what was read and asked by SSH. */
  withoutSsh: (Named & { evidence: string[] })[];
  failedSymptoms: number;
  /** From the end of the suites to the findings, reading over SSH included. */
  diagnosisMs: number;
  totalMs: number;
  /** Why there is no report. */
  trouble?: string;
}

/** Outcomes as they were appended, the last of a scenario alone. */
export async function readOutcomes(path: string): Promise<Map<string, Outcome>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const outcomes = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Outcome);
  return new Map(outcomes.map((outcome) => [outcome.scenario.id, outcome]));
}

export const appendOutcome = (path: string, outcome: Outcome): Promise<void> =>
  appendFile(path, `${JSON.stringify(outcome)}\n`);
