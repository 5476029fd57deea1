import { describe, expect, test } from 'vitest';
import { apart, gapsOf, type Gap } from '../../../scripts/lib/plain-stream.ts';

/** Tries ten times a second: a dot for each that was good. */
const tries = (signs: string) => Array.from(signs, (sign, index) => ({ atMs: index * 100, isGood: sign === '.' }));
const gap = (startMs: number, endMs: number): Gap => ({ startMs, endMs });
const good = (count: number): string => '.'.repeat(count);

describe('the gaps of a plain stream', () => {
  test.each([
    ['none where all is good', good(20), []],
    ['none where one is bad', `${good(5)}x${good(15)}`, []],
    ['from the first that is bad to the next that is good', `${good(5)}xxx${good(15)}`, [gap(500, 800)]],
    ['one where bad ones are within a second', `${good(5)}xx${good(5)}x${good(15)}`, [gap(500, 1_300)]],
    [
      'two where more than a second is good between them',
      `xx${good(15)}xx${good(15)}`,
      [gap(0, 200), gap(1_700, 1_900)],
    ],
  ])('are %s', (_, signs, gaps) => {
    expect(gapsOf(tries(signs))).toEqual(gaps);
  });

  test.each<[what: string, one: Gap[], other: Gap[], ms: number]>([
    ['nothing where there are none', [], [], 0],
    ['the larger difference of their ends', [gap(500, 3_000)], [gap(700, 2_700)], 300],
    ['all of one that the other has not', [gap(500, 3_000)], [], 2_500],
    ['nothing of one that the other has in two', [gap(0, 4_000)], [gap(0, 1_500), gap(2_500, 4_000)], 0],
  ])('are apart by %s', (_, one, other, ms) => {
    expect(apart(one, other)).toBe(ms);
    expect(apart(other, one)).toBe(ms);
  });
});
