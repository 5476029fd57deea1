import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { longLived } from '../../../helpers/probe/agent/watch/long-lived.ts';
import { Turns } from '../../../helpers/probe/agent/watch/turns.ts';
import { portOf, RUN_KEY } from './support/agent.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A server that answers the first requests of each connection, and closes it on the next without an answer. */
async function closing(answered: number): Promise<number> {
  const counts = new Map<Socket, number>();
  const server = createServer((request, response) => {
    const count = (counts.get(request.socket) ?? 0) + 1;
    counts.set(request.socket, count);
    if (count > answered) request.socket.destroy();
    else response.end('ok');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
}

/** The signs of so many turns, one after the other. */
async function signsOf(port: number, count: number, asksAgain?: true): Promise<string> {
  process.env['NETWRIGHT_KEY'] ??= RUN_KEY;
  const startMs = performance.now();
  const turns = new Turns(startMs, 50);
  const spec = { kind: 'http' as const, host: '127.0.0.1', port, path: '/', timeoutMs: 1_000 };
  const connection = longLived(
    { id: 'own', isLongLived: true, intervalMs: 50, spec, ...(asksAgain && { asksAgain }) },
    turns,
  );
  let signs = '';
  for (let turn = 0; turn < count; turn += 1) {
    turns.begin(turn);
    connection.turn(turn, performance.now());
    // Asked while one is on its way, a turn would not be sent.
    await vi.waitFor(() => {
      signs += turns.tell()?.signs ?? '';
      expect(signs).toHaveLength(turn + 1);
    }, 5_000);
    // Time for the end of a connection to come, where its server closes it.
    await sleep(20);
  }
  connection.close();
  return signs;
}

describe('a request over a connection that its server closes', () => {
  test('is lost to who asks once', async () => {
    expect(await signsOf(await closing(2), 6)).toBe('..x..x');
  });

  test('is sent once more over a new one where a client would', async () => {
    expect(await signsOf(await closing(2), 6, true)).toBe('......');
  });

  test('is lost where the new connection is closed as well', async () => {
    expect(await signsOf(await closing(0), 3, true)).toBe('xxx');
  });
});
