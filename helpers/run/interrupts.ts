import { ExitCode } from '../errors.ts';

export interface Interrupts {
  signal: AbortSignal;
  /** Stops listening, so that a process with nothing left to do can end. */
  release(): void;
}

/**
 * Ends this process by the signal itself, for which shells have the code 128 + 2 or + 15. Node's own way out waits for
 * its threads, and one may be held up in native code. The first process of a container alone is not ended by a signal.
 */
function leave(signal: NodeJS.Signals): never {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exit(ExitCode.interrupted);
}

/**
 * A signal that aborts at the first SIGINT or SIGTERM, so that what was begun is cleaned up. A second one ends the
 * process at once: what is left on the cluster is then removed by the next run or by `netwright clean`.
 */
export function onInterrupt(): Interrupts {
  const controller = new AbortController();
  const listener = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) leave(name);
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
