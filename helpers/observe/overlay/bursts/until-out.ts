import { pause } from '../../pause.ts';

/**
 * What has not come out at the first reading may stand in a queue: a tunnel in user space (flannel's WireGuard, a
 * kernel without the module) is handed its packets when the machine has time for it.
 */
const LATE_MS = 150;
/** Nothing more comes where so many readings in a row say so. */
const QUIET_READINGS = 2;
const MOST_READINGS = 12;

/** How a round of bursts is read and judged: `read` takes the counters, `judge` gives a result for each burst. */
export interface UntilOut<Reading, Result> {
  read: () => Promise<Reading>;
  judge: (reading: Reading) => Result[];
  /** Whether all of a burst has come. */
  isWhole: (result: Result) => boolean;
  /** Whether more of one that is not whole came between two readings. */
  isStillComing: (result: Result, first: Reading, second: Reading) => boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Reads what came of bursts at once, and again while more of them comes: a packet in a queue is not lost. What never
 * becomes whole is judged by the reading after which nothing more came, since others' traffic disturbs later ones more.
 * Resolves to the last reading as well, from which the next round counts.
 */
export async function readUntilOut<Reading, Result>({
  read,
  judge,
  isWhole,
  isStillComing,
  signal,
}: UntilOut<Reading, Result>): Promise<{ judged: Result[]; last: Reading }> {
  let last = await read();
  let results = judge(last);
  let quiet = 0;
  for (let turn = 0; turn < MOST_READINGS && quiet < QUIET_READINGS && !results.every(isWhole); turn += 1) {
    if (signal?.aborted) break;
    await pause(LATE_MS, signal);
    const next = await read();
    const isNews = results.map((result) => !isWhole(result) && isStillComing(result, last, next));
    quiet = isNews.includes(true) ? 0 : quiet + 1;
    results = judge(next).map((result, index) => (isNews[index] ? result : (results[index] as Result)));
    last = next;
  }
  return { judged: results, last };
}
