import { z } from 'zod';
import type { AgentLine } from './protocol.ts';
import type { ErrorKind } from '../model/observation.ts';

/** Each kind by itself, so that the compiler misses one that is added to the model. */
const errorKinds: { [Kind in ErrorKind]: Kind } = {
  timeout: 'timeout',
  refused: 'refused',
  reset: 'reset',
  'no-route': 'no-route',
  prohibited: 'prohibited',
  'message-too-large': 'message-too-large',
  tls: 'tls',
  'http-status': 'http-status',
  'wrong-identity': 'wrong-identity',
  'wrong-answer': 'wrong-answer',
  'no-reply': 'no-reply',
  'partial-loss': 'partial-loss',
  'dns-rcode': 'dns-rcode',
  'name-not-resolved': 'name-not-resolved',
  'lost-exec': 'lost-exec',
  aborted: 'aborted',
  'not-observed': 'not-observed',
  other: 'other',
};

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

const agentLine = z.union([
  z.object({
    batch: z.string(),
    id: z.string(),
    attempts: count,
    succeeded: count,
    timesMs: z.array(ms),
    durationMs: ms,
    error: z.object({ kind: z.enum(errorKinds), text: z.string() }).optional(),
    got: z.record(z.string(), z.unknown()),
  }),
  z.object({ batch: z.string(), done: z.literal(true), durationMs: ms }),
  z.object({ batch: z.string(), refused: z.string() }),
]);

/** Reads a line of an agent; undefined for anything that is none, which is never taken for a result. */
export function readAgentLine(line: string): AgentLine | undefined {
  try {
    return agentLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
