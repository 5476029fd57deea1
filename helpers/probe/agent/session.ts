import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentLine } from '../protocol.ts';
import { readBatch } from './batch.ts';
import { runBatch } from './run-batch.ts';

/** What a batch under way may still take when its client has gone: long enough for quick probes sent through a pipe. */
const GRACE_MS = 800;

/**
 * Runs batches, one a line, each from when its line comes and side by side with the others, until the lines end.
 * Batches under way then have a short grace and are cut off: whoever asked has gone, or sees what is missing. Never
 * throws.
 */
export async function runSession(lines: AsyncIterable<string>, write: (line: AgentLine) => void): Promise<void> {
  const controller = new AbortController();
  const running = new Set<Promise<void>>();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const batch = readBatch(line);
    if ('refused' in batch) {
      write(batch);
      continue;
    }
    const work = runBatch(batch, write, controller.signal).finally(() => running.delete(work));
    running.add(work);
  }
  const timer = new AbortController();
  await Promise.race([Promise.allSettled(running), sleep(GRACE_MS, undefined, { signal: timer.signal })]);
  timer.abort();
  controller.abort();
}
