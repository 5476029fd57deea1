import { z } from 'zod';
import { factProblem, isFactKey, type FactKey, type FactValue, type Reading } from './facts.ts';
import { OBSERVATION_VERSION } from './version.ts';

const frameSchema = z.object({
  v: z.literal(OBSERVATION_VERSION),
  type: z.literal('fact'),
  id: z.string(),
  source: z.enum(['kubernetes', 'probe', 'ssh', 'runner']),
  /** The node it is true of; absent for the cluster as a whole. */
  node: z.string().optional(),
  at: z.string(),
});
export type FactFrame = z.infer<typeof frameSchema>;

/** One fact of a key: its value, or why it could not be read, from which nothing may be concluded. */
export type FactOf<Key extends FactKey> = FactFrame & { key: Key } & Reading<FactValue<Key>>;

/** Something read, not probed: a Kubernetes object's part, a counter, a route table. `key` says which. */
export type FactObservation = { [Key in FactKey]: FactOf<Key> }[FactKey];

/** Checks the frame, and the value by the schema of the fact's key. */
export const factSchema = frameSchema
  .extend({ key: z.string(), value: z.unknown(), notObserved: z.string().optional() })
  .superRefine(({ key, value, notObserved }, context) => {
    const wrong = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: field.split('.'), message });
    if (!isFactKey(key)) wrong('key', `no fact is called ${key}`);
    else if (notObserved !== undefined) {
      if (value !== null) wrong('value', 'expected null, since it was not observed');
    } else {
      const problem = factProblem(key, value);
      if (problem) wrong(problem.field, problem.message);
    }
  });
