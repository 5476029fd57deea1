import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { isTransport, retryAfterMs } from './api-error.ts';

/**
 * The one policy by which anything is asked of the API server again. A server that restarts, or sheds load, is back
 * within a second or two, so four more attempts within some three seconds; what is not there within ten seconds,
 * a request that used up its own time-out among it, is not asked again.
 */
const POLICY = { retries: 4, factor: 2, minTimeout: 200, maxTimeout: 2_000, maxRetryTime: 10_000 };

export interface AgainOptions {
  /** Ends the waiting; the promise then rejects with its reason. */
  signal?: AbortSignal;
  /** Which failures are worth another attempt; by default those of the transport (see `isTransport`). */
  isWorthIt?: (error: unknown) => boolean;
}

/**
 * Does something that may be done twice, and again when it failed for a reason that may pass. A server that names a
 * time (`Retry-After`) is not asked earlier, and not again when that time is too long. Rejects with the last error.
 */
export function again<T>(what: () => Promise<T>, { signal, isWorthIt = isTransport }: AgainOptions = {}): Promise<T> {
  const startedAt = performance.now();
  return pRetry(what, {
    ...POLICY,
    signal,
    shouldRetry: async ({ error, retryDelay }) => {
      if (!isWorthIt(error)) return false;
      const longerMs = (retryAfterMs(error) ?? 0) - retryDelay;
      if (longerMs <= 0) return true;
      if (performance.now() - startedAt + longerMs > POLICY.maxRetryTime) return false;
      // An abort is thrown by p-retry itself, with the reason of the signal.
      await sleep(longerMs, undefined, { signal }).catch(() => {});
      return true;
    },
  });
}
