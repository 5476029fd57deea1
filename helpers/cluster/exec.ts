import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { AbortError } from 'p-retry';
import { NetwrightError } from '../errors.ts';
import { again } from './again.ts';
import type { ClusterClient } from './connect.ts';
import { execSocket, UpgradeRefused } from './exec-socket.ts';
import { refusedOnTheWay } from './refused-upgrade.ts';

/** How an exec ended. `lost` is trouble of the transport, ours: it says nothing of the command. */
export type ExecOutcome =
  | { outcome: 'exited'; code: number }
  | { outcome: 'lost'; at: 'connect' | 'stream'; reason: string }
  | { outcome: 'aborted'; reason: string };

/** A running command, spoken to in lines. */
export interface ExecStream {
  send(line: string): void;
  /** Lines of its standard output; ends when the command or the connection does. */
  lines: AsyncIterable<string>;
  /** The last of its standard error. */
  stderrTail(): string;
  /** Closes its standard input. */
  end(): void;
  outcome: Promise<ExecOutcome>;
}

export interface ExecRequest {
  namespace: string;
  pod: string;
  container: string;
  command: string[];
  signal?: AbortSignal;
  connectTimeoutMs: number;
}

const STDERR_KEPT = 4_000;

/** The exit code that a status frame carries (client-go reads it the same way: reason ExitCode in details.causes). */
function exitCodeOf(status: V1Status): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  return cause?.message === undefined ? undefined : Number(cause.message);
}

function forbidden(request: ExecRequest, error: UpgradeRefused): NetwrightError {
  return new NetwrightError(
    `cannot exec into pods of the namespace ${request.namespace}: the API server refuses (${error.status})`,
    {
      code: 'exec-forbidden',
      hint: 'the role needs get and create on pods/exec there',
      cause: error,
    },
  );
}

/**
 * Runs a command in a pod, its streams open. Connecting is tried again when the transport fails, a command that ran
 * never is. Throws a NetwrightError when exec is forbidden, or refused on the way to the API server; every other end is
 * an outcome.
 */
export async function openExec(
  client: Pick<ClusterClient, 'kubeConfig' | 'counts'>,
  request: ExecRequest,
): Promise<ExecStream> {
  const { namespace, pod, container, command, signal, connectTimeoutMs } = request;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let tail = '';
  stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-STDERR_KEPT)));
  const { promise: outcome, resolve } = Promise.withResolvers<ExecOutcome>();
  const finish = (ended: ExecOutcome) => {
    resolve(ended);
    stdout.end();
    stderr.end();
  };
  const connect = async () => {
    client.counts.execs += 1;
    const socket = execSocket(client.kubeConfig, {
      connectTimeoutMs,
      signal,
      onBroken: (error) =>
        finish({ outcome: 'lost', at: 'stream', reason: error instanceof Error ? error.message : String(error) }),
    });
    const exec = new Exec(client.kubeConfig, socket);
    return exec
      .exec(namespace, pod, container, command, stdout, stderr, stdin, false, (status) => {
        const code = exitCodeOf(status);
        finish(
          code === undefined
            ? { outcome: 'lost', at: 'stream', reason: status.message ?? 'a status without an exit code' }
            : { outcome: 'exited', code },
        );
      })
      .catch((error: unknown) => {
        if (!(error instanceof UpgradeRefused)) throw error;
        const onTheWay = refusedOnTheWay(client.kubeConfig, error);
        // A gateway that has no answer may have one a moment later.
        if (onTheWay) throw error.status < 500 ? new AbortError(onTheWay) : onTheWay;
        if (error.status === 403 || error.status === 401) throw new AbortError(forbidden(request, error));
        if (error.status < 500) throw new AbortError(error);
        throw error;
      });
  };
  try {
    const socket = await again(connect, {
      signal,
      isWorthIt: (error) => !(error instanceof NetwrightError) || error.code === 'exec-upgrade-refused',
    });
    // The library's promise ends at connect: only this event reports a connection that went away silently.
    socket.on('close', (code: number) => {
      if (signal?.aborted) finish({ outcome: 'aborted', reason: 'interrupted' });
      else finish({ outcome: 'lost', at: 'stream', reason: `the connection closed (${code}) without an exit status` });
    });
  } catch (error) {
    if (error instanceof NetwrightError) throw error;
    if (signal?.aborted) finish({ outcome: 'aborted', reason: 'interrupted' });
    else
      finish({
        outcome: 'lost',
        at: 'connect',
        reason: error instanceof Error && error.message ? error.message : 'no connection',
      });
  }
  return {
    send: (line) => void stdin.write(`${line}\n`),
    lines: createInterface({ input: stdout, crlfDelay: Number.POSITIVE_INFINITY }),
    stderrTail: () => tail,
    end: () => void stdin.end(),
    outcome,
  };
}
