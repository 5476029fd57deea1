import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { reachesNodes } from '../../../helpers/run/reach.ts';

const never = new AbortController().signal;

async function listening(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

test('a node that takes a connection is within reach', async () => {
  await using server = await listening();
  expect(await reachesNodes(['127.0.0.1'], never, [server.port])).toBe(true);
});

test('a node that refuses a connection is within reach: it has answered', async () => {
  let closed: number;
  {
    await using server = await listening();
    closed = server.port;
  }
  expect(await reachesNodes(['127.0.0.1'], never, [closed])).toBe(true);
});

test('nodes of which none answers are out of reach, and no node at all is as well', async () => {
  const stopped = AbortSignal.abort();
  expect(await reachesNodes(['127.0.0.1'], stopped, [9])).toBe(false);
  expect(await reachesNodes([], never)).toBe(false);
});
