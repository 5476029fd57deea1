import pRetry from 'p-retry';
import type { ClientChannel } from 'ssh2';
import type { NodeConnection } from './connection.ts';

export interface RunOptions {
  /** From the call to the command's end: the wait for other commands on the node is part of it. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Kept of each of the two streams; the rest is read and dropped. */
  maxBytes?: number;
  /** Kept of standard error, where that is less. */
  maxStderrBytes?: number;
  /** Sent to the command's standard input, which is then closed. */
  stdin?: string;
  /** Keeps the input open until the command ends, so that the command notices when we go away. */
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

/** Reads a stream to its end, whatever its length: an unread stream blocks the channel, and `close` never comes. */
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

/**
 * Pauses before a session is asked for again, in ms: a server under load still counts sessions for a moment that have
 * ended here, and refuses the next. That is the transport's trouble, not the node's answer.
 */
const AGAIN = { retries: 5, minTimeout: 50, factor: 2 };
/** ssh2's reasons (RFC 4254, section 5.1): 2 the connection failed (OpenSSH's of too many), 4 resource shortage. */
const REFUSED_FOR_NOW = [2, 4];

const isRefusedForNow = (error: Error): boolean =>
  'reason' in error && typeof error.reason === 'number' && REFUSED_FOR_NOW.includes(error.reason);

/**
 * Opens a session for a command, again where the server has no room for a moment. `take` gets the channel before
 * anything of it is read. Rejects with ssh2's error.
 */
async function openSession(
  { client }: NodeConnection,
  command: string,
  take: (channel: ClientChannel) => void,
  signal: AbortSignal,
): Promise<void> {
  const once = () =>
    new Promise<void>((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        if (signal.aborted) channel.destroy();
        else take(channel);
        resolve();
      });
    });
  await pRetry(once, { ...AGAIN, signal, shouldRetry: ({ error }) => isRefusedForNow(error) });
}

type Stage = 'waiting' | 'opening' | 'running';

const lateReason = (timeoutMs: number): Record<Stage, string> => ({
  waiting: `no other command on the node ended within ${timeoutMs} ms to make room for it`,
  opening: `the node opened no session within ${timeoutMs} ms`,
  running: `the command did not end within ${timeoutMs} ms`,
});

/** Runs a command line in the login shell of the node. Never throws for what happens there or on the way. */
export async function runOnNode(
  connection: NodeConnection,
  command: string,
  options: RunOptions,
): Promise<NodeRunOutcome> {
  const { timeoutMs, signal, maxBytes = MAX_BYTES, maxStderrBytes = maxBytes, keepStdinOpen = false } = options;
  const { stdin, onStderr } = options;
  if (signal?.aborted) return { outcome: 'aborted', reason: 'interrupted' };
  const { promise: ended, resolve: end } = Promise.withResolvers<NodeRunOutcome>();
  const lost = (reason: string) => end({ outcome: 'lost', reason: connection.lostReason() ?? reason });
  const over = new AbortController();
  let stage: Stage = 'waiting';
  let channel: ClientChannel | undefined;
  const timer = setTimeout(() => {
    end({ outcome: 'lost', reason: lateReason(timeoutMs)[stage] });
    // A server that refuses a session will refuse the next caller as well.
    if (stage === 'opening') connection.close();
  }, timeoutMs);
  const abort = () => end({ outcome: 'aborted', reason: 'interrupted' });
  const gone = () => lost('the connection was closed before the command ended');
  signal?.addEventListener('abort', abort, { once: true });
  connection.client.once('close', gone);
  const take = (opened: ClientChannel) => {
    channel = opened;
    stage = 'running';
    const [stdout, stderr] = [keep(opened, maxBytes), keep(opened.stderr, maxStderrBytes)];
    opened.on('error', (broken: Error) => lost(broken.message));
    opened.on('close', (code: number | null | undefined, killedBy: string | undefined) => {
      const output = {
        stdout: stdout.text(),
        stderr: stderr.text(),
        truncated: stdout.truncated() || stderr.truncated(),
      };
      if (typeof code === 'number') end({ outcome: 'exited', code, ...output });
      else if (killedBy) end({ outcome: 'killed', signal: killedBy, ...output });
      else lost('the command ended without an exit status');
    });
    if (onStderr) opened.stderr.on('data', () => onStderr(stderr.text()));
    if (!keepStdinOpen) opened.end(stdin);
    else if (stdin !== undefined) opened.write(stdin);
  };
  const turn = async () => {
    if (over.signal.aborted) return;
    stage = 'opening';
    await openSession(connection, command, take, over.signal);
    await ended;
  };
  connection.sessions(turn).catch((error: unknown) => lost(error instanceof Error ? error.message : String(error)));
  try {
    return await ended;
  } finally {
    over.abort();
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    connection.client.off('close', gone);
    channel?.destroy();
  }
}
