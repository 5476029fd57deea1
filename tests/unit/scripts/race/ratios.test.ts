import { describe, expect, it } from 'vitest';
import { causeIn } from '../../../../scripts/lib/race/contestant.ts';
import { readMesh } from '../../../../scripts/lib/race/mesh.ts';
import { isRight, ratioText, timeText } from '../../../../scripts/lib/race/ratios.ts';

describe('a time', () => {
  it.each([
    [9_840, false, '9.8 s'],
    [99_900, false, '99.9 s'],
    [254_400, false, '4 min 14 s'],
    [179_700, false, '3 min 00 s'],
    [900_000, true, '> 15 min'],
  ])('of %d ms, stopped: %s, is written as %s', (ms, isCapped, text) => {
    expect(timeText({ ms, isCapped })).toBe(text);
  });
});

describe('a ratio', () => {
  it('says how many times as long another took, and "at least" where it was stopped', () => {
    expect(ratioText({ ms: 10_000 }, { ms: 254_000, isCapped: false })).toBe('25');
    expect(ratioText({ ms: 10_000 }, { ms: 32_000, isCapped: false })).toBe('3.2');
    expect(ratioText({ ms: 20_000 }, { ms: 900_000, isCapped: true })).toBe('> 45');
  });
});

describe('a verdict', () => {
  it('is right where it says of the lab what it is; none is not right', () => {
    expect(isRight({ state: 'healthy', verdict: 'healthy' })).toBe(true);
    expect(isRight({ state: 'healthy', verdict: 'unhealthy' })).toBe(false);
    expect(isRight({ state: 'dropped', verdict: 'unhealthy' })).toBe(true);
    expect(isRight({ state: 'dropped', verdict: 'none' })).toBe(false);
  });
});

describe('what a mesh printed', () => {
  it('is counted by its lines', () => {
    expect(readMesh('ok a/1 ping b/2\nFAIL a/1 udp b/2\nok a/1 name x\nmesh: 1 failed\n')).toEqual({
      good: 2,
      failed: ['a/1 udp b/2'],
    });
  });
});

describe('a failure', () => {
  it('names the cause only by a word for it', () => {
    expect(causeIn(['curl: (28) timed out', 'no pods by the field filter'])).toBe('not named');
    expect(causeIn(['timed out', 'UDP 8472 is filtered'])).toBe('named');
  });
});
