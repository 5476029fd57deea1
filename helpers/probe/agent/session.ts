import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentLine } from '../protocol.ts';
import { readBatch } from './batch.ts';
import { runBatch } from './run-batch.ts';

/** Grace for running batches after their client has gone: enough for quick probes sent through a pipe. */
const GRACE_MS = 800;

/**
 * Runs batches, one a line, each as its line comes and side by side, until the input ends. Running batches then get a
 * short grace before they are cut off. Never throws.
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
