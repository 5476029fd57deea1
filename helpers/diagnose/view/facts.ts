import { isFactKey, type FactKey, type FactValue } from '../../model/facts.ts';
import type { FactObservation, Observation } from '../../model/observation.ts';

/** A value that was read, with the observation that says so. */
export interface Seen<T> {
  value: T;
  id: string;
  /** ISO time of the reading, where it is one fact as it was recorded. */
  at?: string;
}

/** Facts by key and node. What was not observed is undefined, and nothing may rest on it. */
export interface Facts {
  /** The latest reading; undefined when there is none or it could not be read. */
  one: <Key extends FactKey>(key: Key, node?: string) => Seen<FactValue<Key>> | undefined;
  /** All readings of a key that were read, in a fixed order. */
  all: <Key extends FactKey>(key: Key) => (Seen<FactValue<Key>> & { node?: string })[];
  /** Those of the last reading of the cluster: what an earlier one said and the last did not is gone. */
  last: <Key extends FactKey>(key: Key) => (Seen<FactValue<Key>> & { node?: string })[];
  /** Whether somebody tried to read it, with or without success. */
  tried: (key: string, node?: string) => boolean;
}

/** A fact as one of many keys: which value belongs to which key is seen only at the key. */
interface AnyFact {
  id: string;
  node?: string;
  at: string;
  key: string;
  value: unknown;
  notObserved?: string;
}

const byTime = (a: AnyFact, b: AnyFact): number =>
  a.at.localeCompare(b.at) || a.id.localeCompare(b.id, 'en', { numeric: true });

type Read<Key extends FactKey> = AnyFact & { key: Key; value: FactValue<Key> };

/** Values were checked by their schemas as they were recorded or read back. */
const isRead =
  <Key extends FactKey>(key: Key) =>
  (fact: AnyFact): fact is Read<Key> =>
    fact.key === key && fact.notObserved === undefined && fact.value !== null && fact.value !== undefined;

const isFact = (observation: Observation): observation is FactObservation => observation.type === 'fact';

export function indexFacts(observations: readonly Observation[]): Facts {
  const facts: AnyFact[] = observations.filter(isFact).toSorted(byTime);
  const byKey = Map.groupBy(facts, ({ key }) => key);
  const read = <Key extends FactKey>(key: Key): Read<Key>[] => (byKey.get(key) ?? []).filter(isRead(key));
  const reading = (byKey.get('cluster') ?? []).at(-1);
  return {
    one: (key, node) => read(key).findLast((fact) => fact.node === node),
    all: read,
    last: (key) => read(key).filter((fact) => reading === undefined || byTime(fact, reading) >= 0),
    tried: (key, node) => isFactKey(key) && (byKey.get(key) ?? []).some((fact) => fact.node === node),
  };
}
