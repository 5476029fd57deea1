const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Removes every current listener to SIGINT and SIGTERM. */
export function dropSignalListeners(): void {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
}

/**
 * Runs `start` and removes every listener to SIGINT and SIGTERM that is added meanwhile. While vitest starts, its
 * listeners end the process within a millisecond: a run interrupted then would report nothing and leave its objects on
 * the cluster.
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
