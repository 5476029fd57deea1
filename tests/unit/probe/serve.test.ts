import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { ProbeSession } from '../../../helpers/probe/client.ts';
import { openLocalAgent } from '../../../helpers/probe/local.ts';
import { askServing } from '../../../helpers/probe/serving.ts';
import { freePort, portOf, probeOne, startAgent, startServing, stop } from './support/agent.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map(stop));
});

const settings = (port: number, more: Record<string, string> = {}) => ({
  NETWRIGHT_NODE: 'n1',
  NETWRIGHT_POD: 'probe-x',
  NETWRIGHT_NETWORK: 'host',
  NETWRIGHT_TCP_PORT: String(port),
  NETWRIGHT_UDP_PORT: String(port),
  ...more,
});

async function serving(): Promise<number> {
  const port = await freePort();
  children.push(await startServing(settings(port)));
  return port;
}

/** Lets an agent fail to serve, and gives what it left behind. */
async function fail(port: number): Promise<{ code: unknown; stderr: string; terminationLog: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'netwright-serve-'));
  const log = join(dir, 'termination-log');
  writeFileSync(log, '');
  const child = startAgent('serve', { env: settings(port, { NETWRIGHT_TERMINATION_LOG: log }) });
  children.push(child);
  const [[code], stderr] = await Promise.all([once(child, 'close'), child.stderr ? text(child.stderr) : '']);
  const terminationLog = readFileSync(log, 'utf8');
  rmSync(dir, { recursive: true });
  return { code, stderr, terminationLog };
}

describe('a serving agent', () => {
  test('says who it is and who asks', async () => {
    const { got } = await probeOne({
      id: 'h',
      kind: 'http',
      host: '127.0.0.1',
      port: await serving(),
      path: '/identity',
      timeoutMs: 2000,
    });
    expect(JSON.parse(String(got['body']))).toEqual({
      node: 'n1',
      pod: 'probe-x',
      network: 'host',
      clientAddress: '127.0.0.1',
    });
  });

  test('sends a payload back whole, with its identity', async () => {
    const result = await probeOne({
      id: 'p',
      kind: 'payload',
      host: '127.0.0.1',
      port: await serving(),
      payloadBytes: 1_000_000,
      timeoutMs: 5000,
    });
    expect(result).toMatchObject({
      succeeded: 1,
      got: {
        peer: { node: 'n1', pod: 'probe-x', network: 'host' },
        clientAddress: '127.0.0.1',
        payloadBytes: 1_000_000,
      },
    });
  });

  test('does not keep more of a payload than any probe sends', async () => {
    const answer = fetch(`http://127.0.0.1:${await serving()}/echo`, {
      method: 'POST',
      body: Buffer.alloc(3 * 1024 * 1024),
    });
    // Whether the refusal or the closed connection is seen first is the client's luck.
    expect(
      await answer.then(
        ({ status }) => status,
        () => 413,
      ),
    ).toBe(413);
  });

  test('is not taken for by a server that says nobody', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnnnn')).listen(
      0,
      '127.0.0.1',
    );
    await once(stranger, 'listening');
    const result = await probeOne({
      id: 'p',
      kind: 'payload',
      host: '127.0.0.1',
      port: portOf(stranger),
      payloadBytes: 4,
      timeoutMs: 2000,
    });
    stranger.close();
    expect(result.error).toEqual({
      kind: 'wrong-identity',
      text: 'something that is no probe answered with status 200',
    });
  });

  test('ends at once on SIGTERM', async () => {
    const child = await startServing(settings(await freePort()));
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('a TCP port in use ends it with one line that names the port', async () => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const line = `port ${portOf(taken)}/tcp is in use on this host\n`;
    expect(await fail(portOf(taken))).toEqual({ code: 3, stderr: line, terminationLog: line });
    taken.close();
  });

  test('a UDP port in use does so as well', async () => {
    const taken = createSocket('udp4');
    taken.bind(0, '0.0.0.0');
    await once(taken, 'listening');
    const line = `port ${taken.address().port}/udp is in use on this host\n`;
    expect(await fail(taken.address().port)).toEqual({ code: 3, stderr: line, terminationLog: line });
    taken.close();
  });
});

describe('whether an agent serves', () => {
  test('is answered by its own pod', async () => {
    const session = new ProbeSession(await openLocalAgent());
    expect(await askServing(session, { pod: 'probe-x', tcpPort: await serving() })).toEqual({ serving: true });
    await session.close();
  });

  test('is answered with who holds the port when that is another', async () => {
    const session = new ProbeSession(await openLocalAgent());
    const tcpPort = await serving();
    expect(await askServing(session, { pod: 'probe-y', tcpPort })).toEqual({
      serving: false,
      reason: `the probe probe-x answers on port ${tcpPort}`,
    });
    await session.close();
  });

  test('is answered with why not', async () => {
    const session = new ProbeSession(await openLocalAgent());
    const port = await freePort();
    expect(await askServing(session, { pod: 'probe-x', tcpPort: port })).toEqual({
      serving: false,
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    await session.close();
  });
});
