import type { ClientChannel } from 'ssh2';
import type { NodeConnection } from './connection.ts';

export interface RunOptions {
  /** From asking for the session to the command's end. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Kept of each of the two streams; the rest is read and dropped. */
  maxBytes?: number;
  /** Sent to the command's standard input, which is then closed. */
  stdin?: string;
  /** Leaves the input open until the command ends: it can then tell when we go away. */
  keepStdinOpen?: boolean;
  /** Called with all of standard error that came so far, whenever more comes. */
  onStderr?: (soFar: string) => void;
}

interface Output {
  stdout: string;
  stderr: string;
  /** More came than was kept. */
  truncated: boolean;
}

/**
 * How a command on a node ended. `lost` is trouble of the transport, or a command that did not end in time: it says
 * nothing of the network.
 */
export type NodeRunOutcome =
  | ({ outcome: 'exited'; code: number } & Output)
  | ({ outcome: 'killed'; signal: string } & Output)
  | { outcome: 'lost'; reason: string }
  | { outcome: 'aborted'; reason: string };

const MAX_BYTES = 1024 * 1024;

/** Reads a stream to its end, whatever its length: one that is not read stops the channel, and `close` never comes. */
function keep(stream: NodeJS.ReadableStream, maxBytes: number): { text: () => string; truncated: () => boolean } {
  const chunks: Buffer[] = [];
  let kept = 0;
  let truncated = false;
  stream.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - kept);
    truncated ||= part.length < chunk.length;
    kept += part.length;
    if (part.length > 0) chunks.push(part);
  });
  return { text: () => Buffer.concat(chunks).toString(), truncated: () => truncated };
}

/** Runs a command line in the login shell of the node. Never throws for what happens there or on the way. */
export async function runOnNode(
  connection: NodeConnection,
  command: string,
  { timeoutMs, signal, maxBytes = MAX_BYTES, stdin, keepStdinOpen = false, onStderr }: RunOptions,
): Promise<NodeRunOutcome> {
  if (signal?.aborted) return { outcome: 'aborted', reason: 'interrupted' };
  const { promise, resolve } = Promise.withResolvers<NodeRunOutcome>();
  const lost = (reason: string) => resolve({ outcome: 'lost', reason: connection.lostReason() ?? reason });
  let channel: ClientChannel | undefined;
  let over = false;
  const leave = await connection.sessions.take();
  const timer = setTimeout(() => {
    resolve({
      outcome: 'lost',
      reason: channel
        ? `the command did not end within ${timeoutMs} ms`
        : `the node opened no session within ${timeoutMs} ms`,
    });
    // A server that opens no session will not serve the next caller either.
    if (!channel) connection.close();
  }, timeoutMs);
  const abort = () => resolve({ outcome: 'aborted', reason: 'interrupted' });
  const gone = () => lost('the connection was closed before the command ended');
  signal?.addEventListener('abort', abort, { once: true });
  connection.client.once('close', gone);
  try {
    connection.client.exec(command, (error, opened) => {
      if (error) return lost(error.message);
      if (over) return opened.destroy();
      channel = opened;
      const [stdout, stderr] = [keep(opened, maxBytes), keep(opened.stderr, maxBytes)];
      opened.on('error', (broken: Error) => lost(broken.message));
      opened.on('close', (code: number | null | undefined, killedBy: string | undefined) => {
        const output = {
          stdout: stdout.text(),
          stderr: stderr.text(),
          truncated: stdout.truncated() || stderr.truncated(),
        };
        if (typeof code === 'number') resolve({ outcome: 'exited', code, ...output });
        else if (killedBy) resolve({ outcome: 'killed', signal: killedBy, ...output });
        else lost('the command ended without an exit status');
      });
      if (onStderr) opened.stderr.on('data', () => onStderr(stderr.text()));
      if (!keepStdinOpen) opened.end(stdin);
      else if (stdin !== undefined) opened.write(stdin);
    });
    return await promise;
  } catch (error) {
    return {
      outcome: 'lost',
      reason: connection.lostReason() ?? (error instanceof Error ? error.message : String(error)),
    };
  } finally {
    over = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    connection.client.off('close', gone);
    channel?.destroy();
    leave();
  }
}
