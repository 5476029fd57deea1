import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ProbeSession } from '../../../../helpers/probe/client.ts';
import type { LineStream } from '../../../../helpers/probe/line-stream.ts';
import type { Batch, ProbeResult } from '../../../../helpers/probe/protocol.ts';

export const agentPath = fileURLToPath(new URL('../../../../helpers/probe/agent/main.ts', import.meta.url));

/** What agents of a run share in their environment; a test that is about one of them sets it itself. */
const RUN = { NETWRIGHT_KEY: 'the key of this run', NETWRIGHT_POD_IPS: '127.0.0.1' };

export interface AgentOptions {
  /** Words put before the command, for example `ip netns exec NAME`. */
  prefix?: string[];
  node?: string;
  path?: string;
  env?: Record<string, string>;
}

export const RUN_KEY = RUN.NETWRIGHT_KEY;

/** Starts an agent as a process of its own, as a pod's container does. */
export function startAgent(
  mode: string,
  { prefix = [], node = process.execPath, path = agentPath, env = {} }: AgentOptions = {},
): ChildProcess {
  const [command, ...args] = [...prefix, node, path, mode];
  if (command === undefined) throw new Error('there is no command');
  return spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...RUN, ...env } });
}

/** A child process as a stream of lines. */
export function linesOf(child: ChildProcess): LineStream {
  if (!child.stdin || !child.stdout) throw new Error('the child has no pipes');
  const { stdin, stdout } = child;
  stdin.on('error', () => {});
  return {
    send: (line) => void stdin.write(`${line}\n`),
    lines: createInterface({ input: stdout }),
    end: () => stdin.end(),
    outcome: once(child, 'close').then(([code, signal]) =>
      typeof code === 'number'
        ? { outcome: 'exited' as const, code }
        : { outcome: 'lost' as const, at: 'the child', reason: `killed by ${String(signal)}` },
    ),
  };
}

/** Runs probes in an agent of its own and gives the results by id. */
export async function probe(
  probes: Batch['probes'],
  options: AgentOptions & { concurrency?: number } = {},
): Promise<Map<string, ProbeResult>> {
  const session = new ProbeSession(linesOf(startAgent('session', options)));
  try {
    const { results, lost } = await session.runBatch(
      { batch: 'test', concurrency: options.concurrency ?? 8, probes },
      { timeoutMs: 15_000 },
    );
    if (lost !== undefined) throw new Error(lost);
    return results;
  } finally {
    await session.close();
  }
}

export async function probeOne(spec: Batch['probes'][number], options: AgentOptions = {}): Promise<ProbeResult> {
  const result = (await probe([spec], options)).get(spec.id);
  if (!result) throw new Error('no result');
  return result;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen on a port');
  return address.port;
}

/** A TCP port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A serving agent that has said that it listens. */
export async function startServing(env: Record<string, string>, options: AgentOptions = {}): Promise<ChildProcess> {
  const child = startAgent('serve', { ...options, env });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the agent ended with code ${String(code)} before it served`);
  });
  if (child.stdout) await Promise.race([once(child.stdout, 'data'), ended]);
  // Its end after the test's is no news.
  ended.catch(() => {});
  return child;
}

/** Ends a child by its handle and waits for it. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}
