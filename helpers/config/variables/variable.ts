import { z } from 'zod';
import { textOf } from '../values.ts';

/** What docs/configuration.md and .env.example say about a variable. */
export interface VariableDoc {
  meaning: string;
  /** The value, or words where it is not fixed. */
  default: string;
  example: string;
  /** Never printed: somebody may put a key here where its path belongs. */
  secret?: boolean;
  /** Set by Netwright itself; not documented for users. */
  internal?: boolean;
  group: 'Cluster' | 'Targets' | 'Ingress' | 'Probes' | 'SSH' | 'Run' | 'Internal';
}

/** The documentation of each variable. */
export const docs = z.registry<VariableDoc>();

/** An optional variable with its documentation. */
export function variable<T extends z.ZodType>(type: T, doc: VariableDoc): z.ZodOptional<T> {
  const optional = type.optional();
  docs.add(optional, doc);
  return optional;
}

/** A path, not looked at yet. */
export const path = () => textOf('the path of a file', (value) => (value.includes('\n') ? undefined : value));
/** 1 or 0. */
export const flag = () => textOf('1 or 0', (value) => ({ '1': true, '0': false })[value]);
/** One of some words. */
export const oneOf = <T extends string>(names: readonly T[]) =>
  textOf(`one of ${names.join(', ')}`, (value) => names.find((name) => name === value));
/** The documentation of a variable that Netwright sets itself. */
export const internal = (meaning: string): VariableDoc => ({
  meaning,
  default: 'not set',
  example: '',
  internal: true,
  group: 'Internal',
});
