import { z } from 'zod';
import { OBSERVATION_VERSION } from './version.ts';

/** Something read, not probed: a Kubernetes object's part, a counter, a route table. `key` says which. */
export const factSchema = z.object({
  v: z.literal(OBSERVATION_VERSION),
  type: z.literal('fact'),
  id: z.string(),
  source: z.enum(['kubernetes', 'probe', 'ssh', 'runner']),
  /** The node it is true of; absent for the cluster as a whole. */
  node: z.string().optional(),
  key: z.string(),
  value: z.unknown(),
  /** Set when it could not be read: the value is then null, and nothing may be concluded from it. */
  notObserved: z.string().optional(),
  at: z.string(),
});
export type FactObservation = z.infer<typeof factSchema>;
