const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Who listens to the signals that interrupt a run, now. */
export function signalListeners(): ReadonlySet<unknown> {
  return new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
}

/**
 * Takes away the listeners to SIGINT and SIGTERM that came after `kept` was read. vitest adds some that end the process
 * within a millisecond: nothing would be reported of an interrupted run, and all that it made would stay on the
 * cluster.
 */
export function removeSignalListenersSince(kept: ReadonlySet<unknown>): void {
  for (const signal of SIGNALS) {
    for (const listener of process.listeners(signal)) if (!kept.has(listener)) process.off(signal, listener);
  }
}
