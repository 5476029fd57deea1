import { fileURLToPath } from 'node:url';
import { assert, constantFrom, double, nat, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../helpers/diagnose/index.ts';
import type { Finding } from '../../../helpers/model/finding.ts';
import type { Observation } from '../../../helpers/model/observation.ts';
import { judge } from '../../../lab/accuracy/judge.ts';
import { readRecorded, type Recorded } from '../../../lab/accuracy/recorded.ts';
import { withHealthyNode } from './healthy-node.ts';

const sets = await readRecorded(fileURLToPath(new URL('recorded', import.meta.url)));
/** A set by its name: a counterexample is then a line, not a book. */
const anySet = constantFrom(...sets.map(({ scenario }) => scenario));
const setOf = (name: string): Recorded => sets.find(({ scenario }) => scenario === name)!;
/** A set with a share of its observations taken away, by a seed, so that a failure says which. */
const anyPart = record({ set: anySet, keep: double({ min: 0.2, max: 0.98, noNaN: true }), seed: nat() });

/** Numbers from a seed: the same choice again for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function part(observations: Observation[], keep: number, seed: number): Observation[] {
  const next = chance(seed);
  return observations.filter(() => next() < keep);
}

const provedBy = (observations: Observation[], { inForce, nodes }: Recorded): string[] =>
  judge(inForce, diagnose(observations).findings, nodes).wrong;
const namesOf = (findings: Finding[]): string[] =>
  findings.map(({ code, confidence }) => `${code} ${confidence}`).toSorted();

/** Each diagnoses hundreds of sets: seconds on an idle machine, and a minute on a busy one. */
const TIMEOUT_MS = 180_000;

describe('a diagnosis', { timeout: TIMEOUT_MS }, () => {
  it('does not depend on the order of the observations', () => {
    assert(
      property(anySet, nat(), (name, seed) => {
        const { observations } = setOf(name);
        const next = chance(seed);
        const shuffled = observations
          .map((each) => [next(), each] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, each]) => each);
        expect(diagnose(shuffled).findings).toEqual(diagnose(observations).findings);
      }),
      { numRuns: 20, seed: 8472 },
    );
  });

  it('never proves what is not there when observations are missing', () => {
    assert(
      property(anyPart, ({ set: name, keep, seed }) => {
        const set = setOf(name);
        expect(provedBy(part(set.observations, keep, seed), set)).toEqual([]);
      }),
      { numRuns: 100, seed: 8472 },
    );
  });

  it('never proves what is not there when all that one source or one kind of fact said is missing', () => {
    const keys = [
      ...new Set(
        sets.flatMap(({ observations }) =>
          observations.flatMap((each) => (each.type === 'fact' ? [`${each.source}/${each.key}`] : [each.role])),
        ),
      ),
    ];
    assert(
      property(anySet, uniqueArray(constantFrom(...keys), { minLength: 1, maxLength: 4 }), (name, dropped) => {
        const set = setOf(name);
        const left = set.observations.filter(
          (each) => !dropped.includes(each.type === 'fact' ? `${each.source}/${each.key}` : each.role),
        );
        expect(provedBy(left, set)).toEqual([]);
      }),
      { numRuns: 100, seed: 8472 },
    );
  });

  it('loses no finding when a healthy node is added', () => {
    assert(
      property(anySet, (name) => {
        const { observations } = setOf(name);
        const before = namesOf(diagnose(observations).findings);
        const after = namesOf(diagnose(withHealthyNode(observations)).findings);
        expect(before.filter((each) => !after.includes(each))).toEqual([]);
      }),
      { numRuns: sets.length, seed: 8472 },
    );
  });
});
