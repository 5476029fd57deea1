import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { NetwrightError } from '../../../helpers/errors.ts';
import { connectNode, tryConnectNode, type NodeConnection } from '../../../helpers/nodes/connection.ts';
import { runOnNode } from '../../../helpers/nodes/exec.ts';
import { missingSshd, portOf, SshBench } from './sshd.ts';

/** Reasons for which a channel is not opened (RFC 4254, section 5.1). */
const [CONNECT_FAILED, RESOURCE_SHORTAGE] = [2, 4];

/** Servers that do what OpenSSH's cannot be made to do. */
describe.skipIf(missingSshd)('a server that', () => {
  let bench: SshBench;
  const closers: (() => void)[] = [];
  beforeAll(() => {
    bench = new SshBench();
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  async function listen(server: Server | InstanceType<typeof ssh2.Server>): Promise<number> {
    const listening = new Promise((resolve) => server.once('listening', resolve));
    server.listen(0, '127.0.0.1');
    await listening;
    closers.push(() => server.close());
    return portOf(server);
  }

  /** Lets everybody in, and then does what it is told. */
  async function serve(
    afterwards: (client: Connection) => void,
    authentication: 'accepts' | 'says-nothing' = 'accepts',
  ): Promise<number> {
    const server = new ssh2.Server({ hostKeys: [readFileSync(bench.keyPath)] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (context) => {
        if (authentication === 'accepts') context.accept();
      });
      client.on('ready', () => afterwards(client));
      closers.push(() => client.end());
    });
    return listen(server);
  }

  const options = (port: number, readyTimeoutMs = 5_000) => ({
    host: '127.0.0.1',
    port,
    user: 'someone',
    privateKeyPath: bench.keyPath,
    knownHostsPath: bench.write('known', `* ${readFileSync(`${bench.keyPath}.pub`, 'utf8')}`),
    readyTimeoutMs,
  });

  async function refusal(port: number): Promise<NetwrightError> {
    const tried = await tryConnectNode(options(port, 300));
    if ('unavailable' in tried) return tried.unavailable;
    tried.connection.close();
    throw new Error('the connection was made');
  }

  async function connected(port: number): Promise<NodeConnection> {
    const connection = await connectNode(options(port));
    closers.push(() => connection.close());
    return connection;
  }

  const onExec = (act: (channel: ServerChannel, client: Connection) => void) =>
    serve((client) =>
      client.on('session', (accept: () => Session) => {
        accept().on('exec', (take: () => ServerChannel) => act(take(), client));
      }),
    );

  test('keeps its side of a connection that is closed here open is left all the same', async () => {
    const port = await serve(() => {});
    // As behind a way on which what it still has to say gets lost.
    const between = createServer({ allowHalfOpen: true }, (socket) => {
      const server = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      for (const each of [socket, server]) each.on('error', () => {});
      socket.pipe(server, { end: false }).pipe(socket, { end: false });
      closers.push(() => [socket, server].forEach((each) => each.destroy()));
    });
    const connection = await connected(await listen(between));
    const closed = once(connection.client, 'close', { signal: AbortSignal.timeout(5_000) });
    connection.close();
    await expect(closed).resolves.toBeInstanceOf(Array);
  });

  test('takes the connection and says nothing is hanging, not unreachable', async () => {
    const sockets: Socket[] = [];
    const port = await listen(createServer((socket) => sockets.push(socket)));
    closers.push(() => sockets.forEach((socket) => socket.destroy()));
    const { code, message } = await refusal(port);
    expect([code, message.replace(`:${port}`, ':PORT')]).toEqual([
      'ssh-hanging',
      'SSH to [127.0.0.1]:PORT: it took the connection and did not finish the handshake within 300 ms',
    ]);
  });

  test('closes the connection at once fails in the handshake', async () => {
    const { code, message } = await refusal(await listen(createServer((socket) => socket.destroy())));
    expect([code, message.replace(/:\d+/, ':PORT')]).toMatchInlineSnapshot(`
      [
        "ssh-handshake-failed",
        "SSH to [127.0.0.1]:PORT: Connection lost before handshake",
      ]
    `);
  });

  test('speaks another protocol is told so', async () => {
    const { code, message } = await refusal(
      await listen(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    );
    expect([code, message.replace(/:\d+/, ':PORT')]).toMatchInlineSnapshot(`
      [
        "ssh-handshake-failed",
        "SSH to [127.0.0.1]:PORT: Connection lost before handshake",
      ]
    `);
  });

  test('never answers the authentication is hanging', async () => {
    const { code, message } = await refusal(await serve(() => {}, 'says-nothing'));
    expect([code, message.replace(/:\d+/, ':PORT')]).toEqual([
      'ssh-hanging',
      'SSH to [127.0.0.1]:PORT: it did not answer the authentication within 300 ms',
    ]);
  });

  test('ends a command without an exit status has lost it, although all its output came', async () => {
    const connection = await connected(
      await onExec((channel) => {
        channel.write('all is well\n');
        channel.end();
      }),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toEqual({
      outcome: 'lost',
      reason: 'the command ended without an exit status',
    });
  });

  test('drops the connection in the middle of a command has lost it', async () => {
    const connection = await connected(
      await onExec((channel, client) => {
        channel.write('half');
        client.end();
      }),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toMatchObject({ outcome: 'lost' });
    // What the system says first depends on who notices first; that it is lost, and stays lost, does not.
    expect(connection.lostReason()).toBeTruthy();
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toEqual({
      outcome: 'lost',
      reason: connection.lostReason(),
    });
  });

  test('never ends a command loses it to the time-out, and the connection serves the next one', async () => {
    let first = true;
    const connection = await connected(
      await onExec((channel) => {
        if (first) first = false;
        else {
          channel.exit(0);
          channel.end();
        }
      }),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 200 })).toEqual({
      outcome: 'lost',
      reason: 'the command did not end within 200 ms',
    });
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toMatchObject({ outcome: 'exited', code: 0 });
  });

  test('opens no session loses the command, and the connection is closed', async () => {
    const connection = await connected(await serve((client) => client.on('session', () => {})));
    expect(await runOnNode(connection, 'true', { timeoutMs: 200 })).toEqual({
      outcome: 'lost',
      reason: 'the node opened no session within 200 ms',
    });
    expect(connection.lostReason()).toBe('the connection was closed here');
  });

  test('refuses sessions loses the command', async () => {
    const connection = await connected(
      await serve((client) => client.on('session', (_accept: unknown, reject: () => void) => reject())),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toMatchObject({
      outcome: 'lost',
      reason: expect.stringContaining('Channel open failure'),
    });
  });

  test('that refuses sessions for a moment runs the command a little later', async () => {
    let refusals = 3;
    const connection = await connected(
      await serve((client) =>
        client.on('session', (accept: () => Session, reject: (reason: number) => void) => {
          refusals -= 1;
          if (refusals >= 0) reject(refusals === 0 ? RESOURCE_SHORTAGE : CONNECT_FAILED);
          else
            accept().on('exec', (take: () => ServerChannel) => {
              const channel = take();
              channel.exit(0);
              channel.end();
            });
        }),
      ),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 5_000 })).toMatchObject({ outcome: 'exited', code: 0 });
  });

  test('never ends eight commands lets the ninth wait no longer than its own time-out', async () => {
    const connection = await connected(await onExec(() => {}));
    const release = new AbortController();
    const hanging = Array.from({ length: 8 }, () =>
      runOnNode(connection, 'true', { timeoutMs: 30_000, signal: release.signal }),
    );
    expect(await runOnNode(connection, 'true', { timeoutMs: 200 })).toEqual({
      outcome: 'lost',
      reason: 'no other command on the node ended within 200 ms to make room for it',
    });
    expect(connection.lostReason()).toBeUndefined();
    const interrupt = new AbortController();
    const tenth = runOnNode(connection, 'true', { timeoutMs: 30_000, signal: interrupt.signal });
    interrupt.abort();
    expect(await tenth).toEqual({ outcome: 'aborted', reason: 'interrupted' });
    release.abort();
    expect((await Promise.all(hanging)).map(({ outcome }) => outcome)).toEqual(Array(8).fill('aborted'));
  });
});
