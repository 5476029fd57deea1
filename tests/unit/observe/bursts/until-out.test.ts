import { describe, expect, test } from 'vitest';
import { readUntilOut } from '../../../../helpers/observe/overlay/bursts/until-out.ts';

const SENT = 1_000;

/** A burst whose counter stands at these numbers, reading by reading; the last of them stays. */
async function read(counts: number[]) {
  let turn = 0;
  const { judged, last } = await readUntilOut({
    read: () => Promise.resolve(counts[Math.min(turn++, counts.length - 1)] as number),
    judge: (count) => [count],
    isWhole: (count) => count >= SENT,
    isStillComing: (_, first, second) => second > first,
  });
  return { judged: judged[0], last, readings: turn };
}

describe('a burst', () => {
  test('that is whole at once is read once', async () => {
    expect(await read([SENT])).toEqual({ judged: SENT, last: SENT, readings: 1 });
  });

  test('that comes out late is whole: what stands in a queue is not lost', async () => {
    expect(await read([120, 120, 700, SENT])).toEqual({ judged: SENT, last: SENT, readings: 4 });
  });

  test('of which a part comes late and the rest never is judged by all that came', async () => {
    expect(await read([0, 300, 700])).toEqual({ judged: 700, last: 700, readings: 5 });
  });

  test('of which no more comes is judged by what came first, after two readings more', async () => {
    expect(await read([500])).toEqual({ judged: 500, last: 500, readings: 3 });
  });

  test('that nothing came of is given up as soon', async () => {
    expect(await read([0])).toEqual({ judged: 0, last: 0, readings: 3 });
  });

  test('in whose tunnel others go on sending is given up in time', async () => {
    const rising = Array.from({ length: 40 }, (_, index) => 10 + index);
    expect(await read(rising)).toMatchObject({ readings: 13 });
  });
});
