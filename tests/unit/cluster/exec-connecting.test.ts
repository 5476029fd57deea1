import { afterEach, describe, expect, test } from 'vitest';
import type { ExecStream } from '../../../helpers/cluster/exec.ts';
import { exitStatus, frame, STDOUT } from './exec-frames.ts';
import { ExecServer, type ExecServerOptions } from './exec-server.ts';

const servers: ExecServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(options: ExecServerOptions | ExecServerOptions['onOpen']): Promise<ExecServer> {
  const server = await ExecServer.start(typeof options === 'function' ? { onOpen: options } : options);
  servers.push(server);
  return server;
}

async function linesOf({ lines }: ExecStream): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** An answer to a request that is no upgrade. */
const answer = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

describe('a connection that does not come about', () => {
  test('because the server never answers is lost after five attempts, each with its time-out', async () => {
    const server = await serve({ onUpgrade: () => true });
    expect(await (await server.exec({ connectTimeoutMs: 100 })).outcome).toEqual({
      outcome: 'lost',
      at: 'connect',
      reason: 'Opening handshake has timed out',
    });
    expect(server.client.counts.execs).toBe(5);
  });

  test('because the answer has a beginning and no end is lost as well', async () => {
    const server = await serve({
      onUpgrade: (raw) => raw.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\nhalf'),
    });
    expect(await (await server.exec({ connectTimeoutMs: 100 })).outcome).toMatchObject({
      outcome: 'lost',
      at: 'connect',
    });
  });

  test('because nothing listens is lost', async () => {
    const server = await serve({});
    await server[Symbol.asyncDispose]();
    expect(await (await server.exec()).outcome).toMatchObject({
      outcome: 'lost',
      at: 'connect',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('at the first attempt and does at the second is no loss', async () => {
    const server = await serve({
      onUpgrade: (raw, attempt) =>
        attempt === 1 && raw.end(answer('500 Internal Server Error', 'error dialing backend: EOF')) !== undefined,
      onOpen: (socket) => socket.send(exitStatus(0)),
    });
    expect(await (await server.exec()).outcome).toEqual({ outcome: 'exited', code: 0 });
    expect(server.client.counts.execs).toBe(2);
  });

  test('because the pod is gone is lost at once, with what the server said', async () => {
    const server = await serve({
      onUpgrade: (raw) => raw.end(answer('404 Not Found', 'pods "pod" not found')) !== undefined,
    });
    expect(await (await server.exec()).outcome).toEqual({
      outcome: 'lost',
      at: 'connect',
      reason: 'pods "pod" not found',
    });
    expect(server.client.counts.execs).toBe(1);
  });

  test('because it is forbidden is an error that says which right is missing', async () => {
    const server = await serve({
      onUpgrade: (raw) => raw.end(answer('403 Forbidden', 'pods "pod" is forbidden')) !== undefined,
    });
    await expect(server.exec()).rejects.toMatchObject({
      code: 'exec-forbidden',
      exitCode: 3,
      message: 'cannot exec into pods of the namespace ns: the API server refuses (403)',
      hint: 'the role needs get and create on pods/exec there',
    });
    expect(server.client.counts.execs).toBe(1);
  });
});

describe('an interrupt', () => {
  test('before connecting ends the exec as aborted, and nothing is asked of the server', async () => {
    const server = await serve({});
    expect(await (await server.exec({ signal: AbortSignal.abort() })).outcome).toEqual({
      outcome: 'aborted',
      reason: 'interrupted',
    });
    expect(server.paths).toEqual([]);
  });

  test('while connecting ends it at once', async () => {
    const interrupt = new AbortController();
    const server = await serve({
      onUpgrade: () => {
        setTimeout(() => interrupt.abort(), 20);
        return true;
      },
    });
    const startedAt = performance.now();
    expect(await (await server.exec({ signal: interrupt.signal })).outcome).toEqual({
      outcome: 'aborted',
      reason: 'interrupted',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('while the command runs ends it at once, and what had come is kept', async () => {
    const interrupt = new AbortController();
    const server = await serve((socket) =>
      socket.send(frame(STDOUT, 'seen\n'), () => setTimeout(() => interrupt.abort(), 50)),
    );
    const stream = await server.exec({ signal: interrupt.signal });
    expect(await linesOf(stream)).toEqual(['seen']);
    expect(await stream.outcome).toEqual({ outcome: 'aborted', reason: 'interrupted' });
  });
});
