const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Takes away all that listens to SIGINT and SIGTERM now. */
export function dropSignalListeners(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
}

/**
 * Runs `start` and takes away every listener to SIGINT and SIGTERM that is added meanwhile, as soon as it is there.
 * vitest adds some while it starts that end the process within a millisecond: nothing would be reported of a run that
 * is interrupted just then, and all that it made would stay on the cluster.
 */
export async function withOwnSignals<T>(start: () => Promise<T>): Promise<T> {
  const onListener = (event: string | symbol, listener: (...values: unknown[]) => void): void => {
    const signal = SIGNALS.find((each) => each === event);
    if (signal) queueMicrotask(() => process.off(signal, listener));
  };
  process.on('newListener', onListener);
  try {
    return await start();
  } finally {
    process.off('newListener', onListener);
  }
}
