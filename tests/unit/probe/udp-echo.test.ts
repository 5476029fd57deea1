import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { decodeQuestion, encodeAnswer } from '../../../helpers/probe/agent/echo-datagram.ts';
import { freePort, probeOne, RUN_KEY, startServing, stop } from './support/agent.ts';
import { canMakeNamespaces, drop, makePair } from './support/netns.ts';

const identity = { node: 'n1', pod: 'probe-x', network: 'pod' };
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** A UDP server on loopback; `answer` gives what is sent back for the n-th datagram. */
async function server(answer: (datagram: Buffer, count: number) => Buffer[]): Promise<number> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  let count = 0;
  socket.on('message', (datagram, { port, address }) => {
    for (const reply of answer(datagram, count)) socket.send(reply, port, address);
    count += 1;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}

const honest = (datagram: Buffer): Buffer =>
  encodeAnswer(decodeQuestion(RUN_KEY, datagram) ?? Buffer.alloc(12), identity, '127.0.0.1', datagram.length);
const echo = (port: number, more: object = {}) => ({
  id: 'u',
  kind: 'udp-echo' as const,
  host: '127.0.0.1',
  port,
  payloadBytes: 64,
  attempts: 10,
  timeoutMs: 300,
  ...more,
});

describe('a udp-echo probe', () => {
  test('passes against an agent, which proves who it is and says whom it saw', async () => {
    const port = await freePort();
    const agent = await startServing({
      NETWRIGHT_NODE: 'n1',
      NETWRIGHT_POD: 'probe-x',
      NETWRIGHT_NETWORK: 'host',
      NETWRIGHT_TCP_PORT: String(port),
      NETWRIGHT_UDP_PORT: String(port),
    });
    const result = await probeOne(echo(port, { payloadBytes: 1400, intervalMs: 1 }));
    await stop(agent);
    expect(result).toMatchObject({
      attempts: 10,
      succeeded: 10,
      got: {
        peer: { node: 'n1', pod: 'probe-x', network: 'host' },
        clientAddress: '127.0.0.1',
        payloadBytes: 1400,
        lost: 0,
      },
    });
    expect(result.timesMs).toHaveLength(10);
    expect(result.got['p50Ms']).toBeLessThanOrEqual(Number(result.got['p99Ms']));
  });

  test('counts what is lost', async () => {
    const port = await server((datagram, count) => (count % 5 === 4 ? [] : [honest(datagram)]));
    expect(await probeOne(echo(port))).toMatchObject({
      attempts: 10,
      succeeded: 8,
      error: { kind: 'timeout', text: 'no answer within 300 ms' },
      got: { lost: 2, errorKinds: { timeout: 2 } },
    });
  });

  test('believes no answer without its nonce', async () => {
    const port = await server((datagram) => [
      Buffer.from('hello'),
      datagram,
      encodeAnswer(Buffer.alloc(12, 7), identity, '127.0.0.1', 64),
    ]);
    const result = await probeOne(echo(port, { attempts: 2 }));
    expect(result).toMatchObject({ succeeded: 0, error: { kind: 'timeout' }, got: { lost: 2, strangers: 6 } });
    expect(result.got).not.toHaveProperty('peer');
  });

  test('believes no answer with its nonce that is cut short', async () => {
    const port = await server((datagram) => [honest(datagram).subarray(0, 18)]);
    expect(await probeOne(echo(port, { attempts: 1 }))).toMatchObject({ succeeded: 0, got: { strangers: 1 } });
  });

  test('gets no answer from an agent of another run', async () => {
    const port = await freePort();
    const agent = await startServing({
      NETWRIGHT_UDP_PORT: String(port),
      NETWRIGHT_TCP_PORT: String(port),
      NETWRIGHT_KEY: 'the key of another run',
    });
    const result = await probeOne(echo(port, { attempts: 2 }));
    await stop(agent);
    expect(result).toMatchObject({ succeeded: 0, error: { kind: 'timeout' }, got: { lost: 2 } });
  });

  test('counts an answer that comes twice once', async () => {
    const port = await server((datagram) => [honest(datagram), honest(datagram)]);
    expect(await probeOne(echo(port, { attempts: 3, intervalMs: 20 }))).toMatchObject({
      succeeded: 3,
      got: { duplicates: expect.any(Number) },
    });
  });

  test('a question that arrived cut short is a wrong answer', async () => {
    const port = await server((datagram) => [
      encodeAnswer(decodeQuestion(RUN_KEY, datagram) ?? Buffer.alloc(12), identity, '127.0.0.1', 40),
    ]);
    expect(await probeOne(echo(port, { attempts: 1 }))).toMatchObject({
      succeeded: 0,
      error: { kind: 'wrong-answer', text: '40 of 64 bytes arrived' },
    });
  });

  test('is refused where nothing listens', async () => {
    expect(await probeOne(echo(await freePort(), { timeoutMs: 5000 }))).toMatchObject({
      succeeded: 0,
      error: { kind: 'refused' },
      got: { errorKinds: { refused: 10 } },
    });
  });

  test('a datagram above what UDP can carry is too large', async () => {
    expect(await probeOne(echo(9, { payloadBytes: 70_000, attempts: 1 }))).toMatchObject({
      error: { kind: 'message-too-large' },
    });
  });
});

const settingsOn = (addresses: string) => ({
  NETWRIGHT_UDP_PORT: '8377',
  NETWRIGHT_TCP_PORT: '8377',
  NETWRIGHT_POD_IPS: addresses,
});

describe.skipIf(!canMakeNamespaces)('a udp-echo probe between two hosts', () => {
  test('tells loss in the path, a local prohibition and a missing route apart', async () => {
    const { a, b, remove } = makePair();
    onTestFinished(remove);
    const agent = await startServing(settingsOn('192.0.2.2'), { prefix: b.prefix });
    onTestFinished(() => stop(agent));
    const toB = echo(8377, { host: '192.0.2.2', attempts: 3 });
    expect(await probeOne(toB, { prefix: a.prefix })).toMatchObject({
      succeeded: 3,
      got: { clientAddress: '192.0.2.1' },
    });
    drop(b, 'input', 'udp dport 8377');
    expect(await probeOne(toB, { prefix: a.prefix })).toMatchObject({ succeeded: 0, error: { kind: 'timeout' } });
    drop(a, 'output', 'udp dport 8377');
    expect(await probeOne(toB, { prefix: a.prefix })).toMatchObject({
      succeeded: 0,
      error: { kind: 'prohibited' },
      got: { errorKinds: { prohibited: 3 } },
    });
    expect(await probeOne({ ...toB, host: '203.0.113.1' }, { prefix: a.prefix })).toMatchObject({
      attempts: 3,
      succeeded: 0,
      error: { kind: 'no-route' },
    });
  });

  test('hears an answer from the address that it asked, though another of the host is nearer', async () => {
    const { a, b, remove } = makePair();
    b.run('ip', 'addr', 'add', '198.51.100.2/32', 'dev', 'lo');
    a.run('ip', 'route', 'add', '198.51.100.2', 'via', '192.0.2.2');
    onTestFinished(remove);
    const agent = await startServing(settingsOn('192.0.2.2,198.51.100.2'), { prefix: b.prefix });
    onTestFinished(() => stop(agent));
    expect(await probeOne(echo(8377, { host: '198.51.100.2' }), { prefix: a.prefix })).toMatchObject({ succeeded: 10 });
  });

  test('is refused at an address of the host that nothing is to be asked at', async () => {
    const { a, b, remove } = makePair();
    b.run('ip', 'addr', 'add', '198.51.100.2/32', 'dev', 'lo');
    a.run('ip', 'route', 'add', '198.51.100.2', 'via', '192.0.2.2');
    onTestFinished(remove);
    const agent = await startServing(settingsOn('192.0.2.2'), { prefix: b.prefix });
    onTestFinished(() => stop(agent));
    const there = { host: '198.51.100.2', attempts: 1 };
    expect(await probeOne(echo(8377, there), { prefix: a.prefix })).toMatchObject({ error: { kind: 'refused' } });
    expect(await probeOne({ ...echo(8377, there), id: 't', kind: 'tcp' as const }, { prefix: a.prefix })).toMatchObject(
      { error: { kind: 'refused' } },
    );
  });

  test('is answered at an address that comes after the agent has started', async () => {
    const { a, b, remove } = makePair();
    a.run('ip', 'route', 'add', '198.51.100.2', 'via', '192.0.2.2');
    onTestFinished(remove);
    const agent = await startServing(settingsOn('192.0.2.2,198.51.100.2'), { prefix: b.prefix });
    onTestFinished(() => stop(agent));
    b.run('ip', 'addr', 'add', '198.51.100.2/32', 'dev', 'up0');
    await expect
      .poll(() => probeOne(echo(8377, { host: '198.51.100.2', attempts: 1 }), { prefix: a.prefix }), { timeout: 8000 })
      .toMatchObject({ succeeded: 1 });
  });
});
