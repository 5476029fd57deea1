import { agentGot, type ProbeKind } from '../model/agent-got.ts';
import type { ProbeResult } from '../probe/protocol.ts';
import type { ResultOf } from './planned-probe.ts';

/**
 * Reads an agent's answer by the kind of what it was asked. One that is not of that kind's shape is an answer that was
 * not observed: it says so, and nothing is made of the rest.
 */
export function readResult<Kind extends ProbeKind>(kind: Kind, result: ProbeResult): ResultOf<Kind> {
  const read = agentGot[kind].safeParse(result.got);
  if (read.success) return { ...result, got: read.data };
  const [issue] = read.error.issues;
  const text = `the agent's answer has another shape: ${issue?.path.join('.')}: ${issue?.message}`;
  return { ...result, succeeded: 0, timesMs: [], error: { kind: 'not-observed', text }, got: {} };
}
