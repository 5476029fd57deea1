import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outagesOf } from '../../../../helpers/observe/watch/outages.ts';
import { CALM_MS, Tally } from '../../../../helpers/observe/watch/tally.ts';

const INTERVAL_MS = 100;
const AT_MS = 1_000_000;

/** What a path's signs come to, told in lines of so many signs. */
function tallied(signs: string, perLine = 5): Tally {
  const tally = new Tally();
  for (let from = 0; from < signs.length; from += perLine)
    tally.add(AT_MS + from * INTERVAL_MS, INTERVAL_MS, signs.slice(from, from + perLine));
  tally.endAt(AT_MS + signs.length * INTERVAL_MS);
  return tally;
}

const good = (count: number): string => '.'.repeat(count);

describe('an interruption', () => {
  test('lasts from the first request that was lost to the first that was answered again', () => {
    const { interruptions, lost, sent } = tallied(`${good(10)}ttttt${good(20)}`);
    expect(interruptions).toEqual([
      { startMs: AT_MS + 1_000, endMs: AT_MS + 1_500, sent: 5, lost: 5, waited: 0, signs: { t: 5 } },
    ]);
    expect({ lost, sent }).toEqual({ lost: 5, sent: 35 });
  });

  test('takes losses together that are within a second of each other, with what was answered between', () => {
    const { interruptions } = tallied(`${good(5)}tt...rr${good(20)}`);
    expect(interruptions).toMatchObject([{ startMs: AT_MS + 500, endMs: AT_MS + 1_200, sent: 7, lost: 4 }]);
  });

  test('is two where more than a second passes well between losses', () => {
    const { interruptions } = tallied(`${good(5)}tt${good(15)}rr${good(20)}`);
    expect(interruptions.map(({ signs }) => signs)).toEqual([{ t: 2 }, { r: 2 }]);
  });

  test('is none where a single request was lost: that is counted apart', () => {
    const { interruptions, single, lost } = tallied(`${good(5)}t${good(15)}`);
    expect({ interruptions, single, lost }).toEqual({ interruptions: [], single: 1, lost: 1 });
  });

  test('of a long-lived connection that only waits loses nothing', () => {
    const { interruptions, lost } = tallied(`${good(5)}~~~~~~${good(15)}`);
    expect(lost).toBe(0);
    expect(interruptions).toMatchObject([{ startMs: AT_MS + 500, endMs: AT_MS + 1_100, lost: 0, waited: 6 }]);
  });

  test('that is not over when the watch ends may have lasted longer', () => {
    expect(tallied(`${good(5)}ttt`).interruptions).toMatchObject([{ endMs: AT_MS + 800, isEndUnseen: true }]);
  });

  test('ends where nobody asked any more, and what nobody saw is said', () => {
    const tally = new Tally();
    tally.add(AT_MS, INTERVAL_MS, `${good(5)}ttt`);
    tally.add(AT_MS + 10_000, INTERVAL_MS, good(5));
    tally.endAt(AT_MS + 10_500);
    expect(tally.interruptions).toMatchObject([{ endMs: AT_MS + 800, isEndUnseen: true }]);
    expect(tally.unseen).toEqual([{ startMs: AT_MS + 800, endMs: AT_MS + 10_000 }]);
  });

  test('that nobody could see is not taken for answers: the time until the end is unseen', () => {
    const tally = new Tally();
    tally.add(AT_MS, INTERVAL_MS, good(5));
    tally.endAt(AT_MS + 60_000);
    expect(tally.unseen).toEqual([{ startMs: AT_MS + 400, endMs: AT_MS + 60_000 }]);
  });

  test('is none of a path that never answered', () => {
    const { interruptions, lost, isKnown } = tallied('tttttttttt');
    expect({ interruptions, lost, isKnown }).toEqual({ interruptions: [], lost: 0, isKnown: false });
  });

  test('is none where nothing was sent', () => {
    expect(tallied(`${good(5)}------${good(5)}`)).toMatchObject({ interruptions: [], lost: 0, sent: 10 });
  });
});

/** Mostly answered, as networks are, with runs of losses. */
const anySigns = array(tuple(constantFrom('.', '.', '.', 't', 'r', 'x', '~', '-'), integer({ min: 1, max: 18 })), {
  maxLength: 40,
}).map((runs) => `.${runs.map(([sign, times]) => sign.repeat(times)).join('')}`);

const counted = (signs: string, which: RegExp): number => Array.from(signs).filter((sign) => which.test(sign)).length;

describe('a tally of any signs', () => {
  test('counts every request once, wherever lines are cut', () => {
    assert(
      property(anySigns, integer({ min: 1, max: 30 }), (signs, perLine) => {
        const { sent, lost, waited, single, interruptions } = tallied(signs, perLine);
        const inside = interruptions.reduce((sum, each) => sum + each.lost, 0);
        expect(sent).toBe(counted(signs, /[.trx]/));
        expect(lost).toBe(counted(signs, /[trx]/));
        expect(waited).toBe(counted(signs, /~/));
        expect(inside + single).toBe(lost);
        expect(tallied(signs, 1).interruptions).toEqual(interruptions);
      }),
    );
  });

  test('has interruptions in their order, that neither touch nor hold a calm second', () => {
    assert(
      property(anySigns, (signs) => {
        const { interruptions } = tallied(signs);
        for (const [index, { startMs, endMs, sent, lost, waited }] of interruptions.entries()) {
          expect(endMs).toBeGreaterThan(startMs);
          expect(lost).toBeLessThanOrEqual(sent);
          expect(lost + waited).toBeGreaterThan(1);
          const next = interruptions[index + 1];
          expect(next?.startMs ?? endMs).toBeGreaterThanOrEqual(endMs);
        }
      }),
    );
  });

  test('comes with those of other paths to outages that hold all of them once', () => {
    assert(
      property(array(anySigns, { maxLength: 4 }), (all) => {
        const paths = all.map((signs, index) => ({
          id: String(index),
          pathClass: 'pod-pod' as const,
          isLongLived: false,
          interruptions: tallied(signs).interruptions,
        }));
        const outages = outagesOf(paths);
        const sum = (each: readonly { lost: number }[]) => each.reduce((total, { lost }) => total + lost, 0);
        expect(sum(outages)).toBe(sum(paths.flatMap(({ interruptions }) => interruptions)));
        for (const [index, { startMs }] of outages.entries()) {
          expect(startMs - (outages[index - 1]?.endMs ?? 0)).toBeGreaterThan(CALM_MS);
        }
      }),
    );
  });
});
