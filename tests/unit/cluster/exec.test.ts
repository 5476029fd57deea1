import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { ExecStream } from '../../../helpers/cluster/exec.ts';
import { exitStatus, frame, STATUS, STDERR, STDOUT } from './exec-frames.ts';
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

describe('a command that ends', () => {
  test('with 0 has exited, its output whole', async () => {
    const server = await serve((socket) => {
      for (const part of [frame(STDOUT, 'one\ntw'), frame(STDOUT, 'o\nthree'), exitStatus(0)]) socket.send(part);
    });
    const stream = await server.exec();
    expect(await linesOf(stream)).toEqual(['one', 'two', 'three']);
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 0 });
    expect(server.paths).toEqual([
      '/api/v1/namespaces/ns/pods/pod/exec?stdout=true&stderr=true&stdin=true&tty=false&' +
        'command=node&command=agent.cjs&container=agent',
    ]);
  });

  test('with another code has exited with it, the end of its errors kept', async () => {
    const server = await serve((socket) => {
      for (const part of [frame(STDERR, `${'x'.repeat(5_000)}port 18377/tcp is in use`), exitStatus(28)])
        socket.send(part);
    });
    const stream = await server.exec();
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 28 });
    expect(stream.stderrTail()).toHaveLength(4_000);
    expect(stream.stderrTail()).toMatch(/x{100}port 18377\/tcp is in use$/);
  });

  test('hears what it is told, a line each, and that nothing more comes', async () => {
    const heard: string[] = [];
    const server = await serve((socket) => {
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString('latin1'));
        if (data[0] === 255) socket.send(exitStatus(0));
      });
    });
    const stream = await server.exec();
    stream.send('{"batch":1}');
    stream.end();
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 0 });
    expect(heard).toEqual(['\0{"batch":1}\n', 'ÿ\0']);
  });

  test('without a code that can be read is lost, with what the server said', async () => {
    const server = await serve((socket) =>
      socket.send(
        frame(
          STATUS,
          JSON.stringify({ status: 'Failure', message: 'error executing command in container: container not running' }),
        ),
      ),
    );
    expect(await (await server.exec()).outcome).toEqual({
      outcome: 'lost',
      at: 'stream',
      reason: 'error executing command in container: container not running',
    });
  });

  test('with a status that is no JSON is lost', async () => {
    const server = await serve((socket) => socket.send(frame(STATUS, 'oops')));
    expect(await (await server.exec()).outcome).toMatchObject({
      outcome: 'lost',
      at: 'stream',
      reason: expect.stringContaining('not valid JSON'),
    });
  });
});

describe('a connection that ends without a status', () => {
  test('dropped after output is lost, and what had come is kept', async () => {
    const server = await serve((socket, raw) => socket.send(frame(STDOUT, 'half an answer\n'), () => raw.destroy()));
    const stream = await server.exec();
    expect(await linesOf(stream)).toEqual(['half an answer']);
    expect(await stream.outcome).toEqual({
      outcome: 'lost',
      at: 'stream',
      reason: 'the connection closed (1006) without an exit status',
    });
  });

  test('closed in good order is lost, never a success', async () => {
    const server = await serve((socket) => socket.close(1000));
    expect(await (await server.exec()).outcome).toEqual({
      outcome: 'lost',
      at: 'stream',
      reason: 'the connection closed (1000) without an exit status',
    });
  });

  test('takes what is sent afterwards without a word', async () => {
    const server = await serve((_socket, raw) => raw.destroy());
    const stream = await server.exec();
    await stream.outcome;
    stream.send('still there?');
    stream.end();
    await sleep(20);
    expect(server.client.counts.execs).toBe(1);
  });
});

describe('a server that sends nonsense', () => {
  test('on a stream that nobody knows loses the command, and nothing escapes', async () => {
    const server = await serve((socket) => {
      for (const part of [
        frame(STDOUT, 'before\n'),
        frame(9, 'what is this'),
        frame(STDOUT, 'after\n'),
        frame(STDERR, 'after'),
      ])
        socket.send(part);
    });
    const stream = await server.exec();
    expect(await linesOf(stream)).toEqual(['before']);
    expect(await stream.outcome).toEqual({ outcome: 'lost', at: 'stream', reason: 'Unknown stream: 9' });
  });

  test('after the status changes nothing, and nothing escapes', async () => {
    const server = await serve((socket) => {
      for (const part of [exitStatus(0), frame(STDOUT, 'late\n'), frame(STDERR, 'late'), exitStatus(7)])
        socket.send(part);
    });
    const stream = await server.exec();
    expect(await linesOf(stream)).toEqual([]);
    expect(await stream.outcome).toEqual({ outcome: 'exited', code: 0 });
    await sleep(20);
  });

  test('as empty messages and texts is not heard', async () => {
    const server = await serve((socket) => {
      for (const part of [Buffer.alloc(0), 'a text', exitStatus(0)]) socket.send(part);
    });
    expect(await (await server.exec()).outcome).toEqual({ outcome: 'exited', code: 0 });
  });
});
