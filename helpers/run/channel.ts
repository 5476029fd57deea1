import { BroadcastChannel } from 'node:worker_threads';
import type { Observation } from '../model/observation.ts';

/** Messages between the suites' thread and the thread that prepares and concludes the run. */
type Message =
  | { kind: 'joined' }
  | { kind: 'observed'; batch: number; observations: readonly Observation[] }
  | { kind: 'taken'; batch: number }
  | { kind: 'interrupted' };

interface Opened {
  say: (message: Message) => void;
  close: () => void;
}

function open(runId: string, hear: (message: Message) => void): Opened {
  const channel = new BroadcastChannel(`netwright ${runId}`);
  channel.addEventListener('message', (event) => hear((event as MessageEvent).data as Message));
  channel.unref();
  return {
    // A window's messages have an origin, a thread's have none.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    say: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
}

/** The end of the thread that prepares and concludes a run. */
export interface RunEnd {
  /** Stops the suites' observations, also those of suites that join later. */
  interrupt: () => void;
  close: () => void;
}

/** Opens a run's end of its channel; `take` is given what the suites observe, in order. */
export function openRunEnd(runId: string, take: (observations: readonly Observation[]) => void): RunEnd {
  let isInterrupted = false;
  const { say, close } = open(runId, (message) => {
    if (message.kind === 'joined' && isInterrupted) say({ kind: 'interrupted' });
    if (message.kind !== 'observed') return;
    take(message.observations);
    say({ kind: 'taken', batch: message.batch });
  });
  const interrupt = () => {
    isInterrupted = true;
    say({ kind: 'interrupted' });
  };
  return { interrupt, close };
}

/** The end of the thread in which the suites run. */
export interface SuitesEnd {
  send: (observations: readonly Observation[]) => void;
  /** Resolves when all that was sent has been taken. */
  taken: () => Promise<void>;
  close: () => void;
}

/** Opens the suites' end of a run's channel. */
export function openSuitesEnd(runId: string, onInterrupt: () => void): SuitesEnd {
  let sent = 0;
  let taken = 0;
  const waiting = new Set<() => void>();
  const { say, close } = open(runId, (message) => {
    if (message.kind === 'interrupted') onInterrupt();
    if (message.kind !== 'taken') return;
    taken = message.batch;
    for (const look of waiting) look();
  });
  say({ kind: 'joined' });
  return {
    send: (observations) => {
      sent += 1;
      say({ kind: 'observed', batch: sent, observations });
    },
    taken: () =>
      new Promise((resolve) => {
        const wanted = sent;
        const look = () => {
          if (taken < wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close,
  };
}
