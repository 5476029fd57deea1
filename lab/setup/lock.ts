import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** So long a lock that is free takes at most; whoever waits for longer waits for another. */
const SAY_AFTER_MS = 500;

/**
 * Runs `what` while holding a lock file: a second set-up waits for the first in place of building the same beside it.
 * The kernel keeps the lock, for flock(1), which ends as soon as its input does: it is free again whatever becomes of
 * this process. Rejects with the signal's reason while it waits, and with the reason why `flock` could not be run.
 */
export async function withLock<T>(
  path: string,
  onWait: () => void,
  signal: AbortSignal,
  what: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  await mkdir(dirname(path), { recursive: true });
  // `-o`: the program under it does not inherit the lock, and cannot keep it for longer. Detached: Ctrl-C is ours.
  const holder = spawn('flock', ['-o', path, 'sh', '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(holder, 'close');
  const lost = ended.then(() => Promise.reject(new Error(`flock ${path} ended before it held the lock`)));
  const waiting = setTimeout(onWait, SAY_AFTER_MS);
  try {
    await Promise.race([once(holder.stdout, 'data', { signal }), lost]);
    clearTimeout(waiting);
    return await what();
  } finally {
    clearTimeout(waiting);
    lost.catch(() => {});
    holder.stdin.end();
    // Before it holds the lock it does not look at its input.
    if (signal.aborted) holder.kill();
    await ended.catch(() => {});
  }
}
