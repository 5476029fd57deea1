import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProbeSession } from '../../../helpers/probe/client.ts';
import { linesOf, portOf, startAgent } from './support/agent.ts';

const TIMEOUT_MS = 600;

test('an answer that came while the agent was kept off the CPU counts, though the time-out has passed', async () => {
  const server = createServer((_, response) => void setTimeout(() => response.end('ok'), 100)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = startAgent('session');
  const session = new ProbeSession(linesOf(child));
  try {
    const probe = {
      id: 'h',
      kind: 'http' as const,
      host: '127.0.0.1',
      port: portOf(server),
      path: '/',
      timeoutMs: TIMEOUT_MS,
    };
    const answered = session.runBatch({ batch: 'b', concurrency: 1, probes: [probe] }, { timeoutMs: 20_000 });
    await once(server, 'request');
    child.kill('SIGSTOP');
    await sleep(2 * TIMEOUT_MS);
    child.kill('SIGCONT');
    expect((await answered).results.get('h')?.error).toBeUndefined();
  } finally {
    child.kill('SIGCONT');
    await session.close();
    server.close();
    server.closeAllConnections();
  }
});
