import { Watch } from './agent/watch/watch.ts';
import { LineQueue } from './line-queue.ts';
import type { LineStream, StreamOutcome } from './line-stream.ts';
import type { WatchPlan } from './watch-protocol.ts';

/** A watch in this process, for what is asked from the machine that Netwright runs on. The same code as in the pods. */
export function openLocalWatch(): LineStream {
  const watch = new Watch();
  const lines = new LineQueue();
  const { promise: outcome, resolve } = Promise.withResolvers<StreamOutcome>();
  return {
    send: (plan) =>
      watch.take(JSON.parse(plan) as WatchPlan, {
        line: (line) => lines.push(JSON.stringify(line)),
        end: () => {},
      }),
    lines,
    end: () => {
      watch.stop();
      lines.end();
      resolve({ outcome: 'exited', code: 0 });
    },
    outcome,
  };
}
