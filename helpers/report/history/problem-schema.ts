import { z } from 'zod';

/** A problem of one place, by which it is known from run to run: in the history, and in a report. */
export const knownProblemSchema = z.object({
  code: z.string(),
  place: z.string(),
  title: z.string(),
  confidence: z.enum(['proved', 'candidate', 'unexplained']),
  /** Nodes that the place names. */
  nodes: z.array(z.string()),
  /** Suites whose failed symptoms it was seen by; empty where it was seen by none. */
  suites: z.array(z.string()),
});
export type KnownProblem = z.output<typeof knownProblemSchema>;
