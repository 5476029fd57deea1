import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundsOf } from '../../../../helpers/observe/overlay/bursts/rounds.ts';

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`);
const meshOf = (nodes: string[]): [string, string][] =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): [string, string] => [from, to]));

describe('the rounds of bursts', () => {
  test('a mesh of three nodes takes two rounds', () => {
    expect(roundsOf(meshOf(['a', 'b', 'c']), ['a', 'b', 'c'])).toEqual([
      [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ],
      [
        ['a', 'c'],
        ['b', 'a'],
        ['c', 'b'],
      ],
    ]);
  });

  test('rounds hold every pair once, and a node sends to one and hears from one in each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.infiniteStream(fc.boolean()), (count, chosen) => {
        const nodes = namesOf(count);
        const pairs = meshOf(nodes).filter(() => chosen.next().value);
        const rounds = roundsOf(pairs, nodes);
        expect(new Set(rounds.flat().map(String))).toEqual(new Set(pairs.map(String)));
        expect(rounds.flat()).toHaveLength(pairs.length);
        expect(rounds.length).toBeLessThan(count);
        for (const round of rounds) {
          expect(new Set(round.map(([from]) => from)).size).toBe(round.length);
          expect(new Set(round.map(([, to]) => to)).size).toBe(round.length);
        }
      }),
    );
  });

  test('no pair takes no round', () => {
    expect(roundsOf([], ['a', 'b'])).toEqual([]);
  });
});
