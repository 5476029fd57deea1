import type { z } from 'zod';
import { ACCEPTANCE_FACTS } from './facts/acceptance.ts';
import { PROBE_FACTS, RUNNER_FACTS } from './facts/agent.ts';
import { KUBERNETES_FACTS } from './facts/kubernetes.ts';
import { SSH_FACTS } from './facts/ssh.ts';

/** Every fact that a run may record: its key, and the one schema by which it is written and read. */
export const FACTS = { ...KUBERNETES_FACTS, ...PROBE_FACTS, ...RUNNER_FACTS, ...SSH_FACTS, ...ACCEPTANCE_FACTS };

export type FactKey = keyof typeof FACTS;
export type FactValue<Key extends FactKey> = z.infer<(typeof FACTS)[Key]>;

/** The same map in a form in which the compiler sees that a key's schema gives that key's value. */
const SCHEMAS: { [Key in FactKey]: z.ZodType<FactValue<Key>> } = FACTS;

export const isFactKey = (key: string): key is FactKey => Object.hasOwn(FACTS, key);

/** A value of a fact, or why it is not known. */
export type Reading<T> = { value: T; notObserved?: undefined } | { value: null; notObserved: string };

/** The first field of a value that is not as the fact's schema has it; undefined where all are. */
export function factProblem(key: FactKey, value: unknown): { field: string; message: string } | undefined {
  const issue = SCHEMAS[key].safeParse(value).error?.issues[0];
  return issue && { field: ['value', ...issue.path].join('.'), message: issue.message };
}

/** What came from outside as the value of a fact; another shape is not observed, with the field that is wrong. */
export function readFact<Key extends FactKey>(key: Key, value: unknown): Reading<FactValue<Key>> {
  const read = SCHEMAS[key].safeParse(value);
  if (read.success) return { value: read.data };
  const problem = factProblem(key, value);
  return { value: null, notObserved: `${problem?.field}: ${problem?.message}` };
}
