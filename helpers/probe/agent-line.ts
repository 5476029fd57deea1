import { z } from 'zod';
import type { AgentLine } from './protocol.ts';
import { ERROR_KINDS } from '../model/verdict.ts';

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

const strain = z.object({ longestStallMs: ms, processors: count, runnable: count.optional() });

const agentLine = z.union([
  z.object({
    batch: z.string(),
    id: z.string(),
    attempts: count,
    succeeded: count,
    timesMs: z.array(ms),
    durationMs: ms,
    error: z.object({ kind: z.enum(ERROR_KINDS), text: z.string() }).optional(),
    got: z.record(z.string(), z.unknown()),
  }),
  z.object({ batch: z.string(), done: z.literal(true), durationMs: ms, strain: strain.optional() }),
  z.object({ batch: z.string(), refused: z.string() }),
]);

/** Reads a line of an agent; undefined for any other text, which never counts as a result. */
export function readAgentLine(line: string): AgentLine | undefined {
  try {
    return agentLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
