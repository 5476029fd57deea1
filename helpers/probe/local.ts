import { runSession } from './agent/session.ts';
import { LineQueue } from './line-queue.ts';
import type { LineStream, StreamOutcome } from './line-stream.ts';

/**
 * An agent in this process, for probes from the machine that Netwright runs on. The same code as in the pods; it needs
 * no process of its own and starts at once.
 */
export async function openLocalAgent(signal?: AbortSignal): Promise<LineStream> {
  const input = new LineQueue();
  const lines = new LineQueue();
  const session = runSession(input, (line) => lines.push(JSON.stringify(line)));
  const end = () => input.end();
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  const outcome = session
    .then(
      (): StreamOutcome =>
        signal?.aborted ? { outcome: 'aborted', reason: String(signal.reason) } : { outcome: 'exited', code: 0 },
      (error: unknown): StreamOutcome => ({ outcome: 'lost', at: 'here', reason: String(error) }),
    )
    .finally(() => {
      signal?.removeEventListener('abort', end);
      lines.end();
    });
  return { send: (line) => input.push(line), lines, end, outcome };
}
