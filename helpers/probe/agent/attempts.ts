import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyAgentGot, Phase } from '../../model/agent-got.ts';
import type { ErrorKind } from '../../model/observation.ts';
import type { AttemptError } from '../protocol.ts';
import { afterListening } from './deadline.ts';
import { deferred } from './deferred.ts';
import { ProbeFailure, toFailure } from './failure.ts';

/** How far an attempt came, for the text of its time-out. */
const unfinished: Record<Phase, string> = {
  lookup: 'no address for the name',
  connect: 'no connection',
  tls: 'connected, but no TLS handshake',
  response: 'connected, but no answer',
  answer: 'no answer',
  body: 'the answer began and did not end',
};

export interface AttemptContext {
  /** Aborts at the attempt's deadline, and when the session ends. */
  signal: AbortSignal;
  /** Notes the step that the attempt now waits for. */
  phase: (phase: Phase) => void;
  /** Keeps a partial result even if the attempt fails later, for example by its deadline. */
  note: (facts: AnyAgentGot) => void;
}

export type Attempt<Spec> = (spec: Spec, context: AttemptContext) => Promise<AnyAgentGot>;

/** All attempts of a probe. */
export interface Outcome<Got = AnyAgentGot> {
  attempts: number;
  succeeded: number;
  timesMs: number[];
  error?: AttemptError;
  got: Got;
}

export const roundMs = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Counts failures by kind. */
export function countKinds(failures: ProbeFailure[]): Partial<Record<ErrorKind, number>> {
  const counts: Partial<Record<ErrorKind, number>> = {};
  for (const { kind } of failures) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/**
 * Runs one attempt to its end or its deadline, whichever is first; the attempt's own work must stop when the signal
 * aborts.
 */
async function within<Spec extends { timeoutMs: number }>(
  spec: Spec,
  attempt: Attempt<Spec>,
  session: AbortSignal,
): Promise<AnyAgentGot> {
  const controller = new AbortController();
  const { promise: aborted, reject } = deferred<never>();
  controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
  let waitingFor: Phase = 'connect';
  const noted: AnyAgentGot = {};
  const context: AttemptContext = {
    signal: controller.signal,
    phase: (phase) => (waitingFor = phase),
    note: (facts) => Object.assign(noted, facts),
  };
  const stop = () => controller.abort(new ProbeFailure('aborted', 'the session ended'));
  const expire = () =>
    controller.abort(new ProbeFailure('timeout', `${unfinished[waitingFor]} within ${spec.timeoutMs} ms`));
  const cancel = afterListening(spec.timeoutMs, expire);
  session.addEventListener('abort', stop);
  try {
    return await Promise.race([attempt(spec, context), aborted]);
  } catch (error) {
    const { kind, message, got } = toFailure(error);
    throw new ProbeFailure(kind, message, { ...noted, ...got, phase: waitingFor });
  } finally {
    cancel();
    session.removeEventListener('abort', stop);
  }
}

/**
 * Runs a probe's attempts one after the other. Never throws: failures are counted by kind in `got.errorKinds`, the last
 * is the `error`; `got` is that of the last attempt that succeeded, else of the last.
 */
export async function repeat<Spec extends { timeoutMs: number; attempts?: number; intervalMs?: number }>(
  spec: Spec,
  attempt: Attempt<Spec>,
  session: AbortSignal,
): Promise<Outcome> {
  const attempts = spec.attempts ?? 1;
  const timesMs: number[] = [];
  const failures: ProbeFailure[] = [];
  let got: AnyAgentGot | undefined;
  for (let count = 0; count < attempts && !session.aborted; count += 1) {
    if (count > 0 && spec.intervalMs) await sleep(spec.intervalMs, undefined, { signal: session }).catch(() => {});
    if (session.aborted) break;
    const startedAt = performance.now();
    try {
      got = await within(spec, attempt, session);
      timesMs.push(roundMs(performance.now() - startedAt));
    } catch (error) {
      failures.push(toFailure(error));
    }
  }
  const last = failures.at(-1);
  return {
    attempts,
    succeeded: timesMs.length,
    timesMs,
    ...(last && { error: { kind: last.kind, text: last.message } }),
    got: { ...(got ?? last?.got), ...(last && { errorKinds: countKinds(failures) }) },
  };
}
