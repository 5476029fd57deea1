import { ExitCode } from '../errors.ts';

export interface Interrupts {
  signal: AbortSignal;
  /** Stops listening, so that a process with nothing left to do can end. */
  release(): void;
}

/**
 * A signal that aborts at the first SIGINT or SIGTERM, so that what was begun is cleaned up. A second one ends the
 * process at once: what is left on the cluster is then removed by the next run or by `netwright clean`.
 */
export function onInterrupt(): Interrupts {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    process.stderr.write('interrupted: cleaning up; once more to leave at once\n');
    controller.abort(new DOMException('interrupted', 'AbortError'));
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', listener).off('SIGTERM', listener);
    },
  };
}
