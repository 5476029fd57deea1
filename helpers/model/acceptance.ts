import { z } from 'zod';

/** Parts of an acceptance beside the suites that probe, in the order of the report. */
export const ACCEPTANCE_AREAS = [
  'cni',
  'k3s-config',
  'left-overs',
  'source-address',
  'mtu',
  'workloads',
  'policy',
  'as-before',
] as const;

/** Causes that points of an acceptance prove, by the names that they have in the catalogue. */
export const ACCEPTANCE_CODES = [
  'cni-leftovers',
  'k3s-config-not-applied',
  'pods-on-former-network',
  'pool-mismatch',
  'workloads-still-host-network',
] as const;
export type AcceptanceCode = (typeof ACCEPTANCE_CODES)[number];

export const acceptancePointSchema = z.object({
  area: z.enum(ACCEPTANCE_AREAS),
  /** What has to hold. */
  title: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'skipped']),
  /** What does not hold, or why it is not known: one clause a line. Of one that passes, what is to know besides. */
  text: z.string().optional(),
  /** What does not hold, or is not known, each with the node where it is. */
  troubles: z.array(z.object({ text: z.string(), node: z.string().optional() })),
  /** The cause that a failure proves. */
  code: z.enum(ACCEPTANCE_CODES).optional(),
  remedy: z.string().optional(),
  /** Ids of the observations that it was judged by. */
  observations: z.array(z.string()),
});
export type AcceptancePoint = z.infer<typeof acceptancePointSchema>;

/** One line of the table of before and after. */
const changeSchema = z.object({
  what: z.string(),
  before: z.string(),
  after: z.string(),
  /** Absent where nothing is better or worse about it. */
  is: z.enum(['better', 'worse']).optional(),
});
export type Change = z.infer<typeof changeSchema>;

export const acceptanceSchema = z.object({
  verdict: z.enum(['accepted', 'not accepted', 'not proved']),
  /** The answer: one sentence. */
  sentence: z.string(),
  /** Why, where it is not accepted or not proved: the first is in the sentence. */
  reasons: z.array(z.string()),
  /** What is left over and does no harm, and the like. */
  notes: z.array(z.string()),
  changes: z.array(changeSchema),
});
export type Acceptance = z.infer<typeof acceptanceSchema>;
