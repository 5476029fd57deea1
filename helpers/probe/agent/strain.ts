import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Strain } from '../protocol.ts';

const TICK_MS = 50;

/** Processes of the node that run or wait for a processor, of /proc/loadavg ("0.20 0.18 0.12 3/80 11206"). */
async function runnable(): Promise<number | undefined> {
  const text = await readFile('/proc/loadavg', 'utf8').catch(() => '');
  const count = /^\S+ \S+ \S+ (\d+)\//.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}

/**
 * Watches how long this process is kept from running. An own timer, not Node's histogram: that misses a stall which has
 * not ended. The function that it returns ends the watch and tells what was seen; it never throws.
 */
export function watchStrain(): () => Promise<Strain> {
  let lastMs = performance.now();
  let longestStallMs = 0;
  const tick = () => {
    const nowMs = performance.now();
    longestStallMs = Math.max(longestStallMs, nowMs - lastMs - TICK_MS);
    lastMs = nowMs;
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    tick();
    const running = await runnable();
    return {
      longestStallMs: Math.round(longestStallMs),
      processors: availableParallelism(),
      ...(running !== undefined && { runnable: running }),
    };
  };
}
