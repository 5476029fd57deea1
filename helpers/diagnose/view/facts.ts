import type { FactObservation, Observation } from '../../model/observation.ts';

/** A value that was read, with the observation that says so. */
export interface Seen<T> {
  value: T;
  id: string;
}

/** Facts by key and node. What was not observed is undefined, and nothing may rest on it. */
export interface Facts {
  /** The latest reading; undefined when there is none or it could not be read. */
  one: <T>(key: string, node?: string) => Seen<T> | undefined;
  /** All readings of a key that were read, in a fixed order. */
  all: <T>(key: string) => (Seen<T> & { node?: string })[];
  /** Those of the last reading of the cluster: what an earlier one said and the last did not is gone. */
  last: <T>(key: string) => (Seen<T> & { node?: string })[];
  /** Whether somebody tried to read it, with or without success. */
  tried: (key: string, node?: string) => boolean;
}

const byTime = (a: FactObservation, b: FactObservation): number =>
  a.at.localeCompare(b.at) || a.id.localeCompare(b.id, 'en', { numeric: true });

/** Facts read over SSH have keys with this in front, whichever way they were recorded. */
export const keyOf = ({ source, key }: FactObservation): string =>
  source === 'ssh' && !key.startsWith('ssh/') ? `ssh/${key}` : key;

export function indexFacts(observations: readonly Observation[]): Facts {
  const facts = observations
    .filter((observation): observation is FactObservation => observation.type === 'fact')
    .toSorted(byTime);
  const byKey = Map.groupBy(facts, keyOf);
  const of = (key: string, node?: string) => (byKey.get(key) ?? []).filter((fact) => fact.node === node);
  const read = ({ notObserved, value }: FactObservation) =>
    notObserved === undefined && value !== null && value !== undefined;
  const reading = (byKey.get('cluster') ?? []).at(-1);
  const seen = <T>({ value, id, node }: FactObservation) => ({ value: value as T, id, node });
  return {
    one: <T>(key: string, node?: string) => {
      const last = of(key, node).filter(read).at(-1);
      return last && { value: last.value as T, id: last.id };
    },
    all: <T>(key: string) => (byKey.get(key) ?? []).filter(read).map(seen<T>),
    last: <T>(key: string) =>
      (byKey.get(key) ?? [])
        .filter((fact) => read(fact) && (reading === undefined || byTime(fact, reading) >= 0))
        .map(seen<T>),
    tried: (key, node) => of(key, node).length > 0,
  };
}
