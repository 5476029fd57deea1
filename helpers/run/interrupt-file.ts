import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const POLL_MS = 100;

const pathIn = (reportDir: string): string => join(reportDir, 'interrupted');

/**
 * Tells the processes that run suites that the run is interrupted. vitest, when cancelled, tells them only after the
 * hook that is running, and a suite's whole observation is one hook.
 */
export function markInterrupted(reportDir: string): void {
  writeFileSync(pathIn(reportDir), '');
}

/** Takes the mark away when the run has ended. */
export function unmarkInterrupted(reportDir: string): void {
  rmSync(pathIn(reportDir), { force: true });
}

/** Aborts when the run is marked as interrupted. Keeps no process alive. */
export function abortWhenMarked(reportDir: string, controller: AbortController): void {
  const timer = setInterval(() => {
    if (!existsSync(pathIn(reportDir))) return;
    clearInterval(timer);
    controller.abort();
  }, POLL_MS);
  timer.unref();
}
