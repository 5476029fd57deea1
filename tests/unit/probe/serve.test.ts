import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import { CANARY, CANARY_PATH } from '../../../helpers/model/canary.ts';
import { MAX_ECHO_BYTES } from '../../../helpers/probe/agent/http-responder.ts';
import { IDENTITY_HEADER, PROOF_HEADER } from '../../../helpers/probe/agent/identity.ts';
import { makeProof } from '../../../helpers/probe/agent/proof.ts';
import { freePort, portOf, probeOne, RUN_KEY, startAgent, startServing, stop } from './support/agent.ts';
import { canMakeNamespaces, makePair } from './support/netns.ts';

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
async function fail(
  port: number,
  more: Record<string, string> = {},
): Promise<{ code: unknown; stderr: string; terminationLog: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'netwright-serve-'));
  const log = join(dir, 'termination-log');
  writeFileSync(log, '');
  const child = startAgent('serve', { env: settings(port, { NETWRIGHT_TERMINATION_LOG: log, ...more }) });
  children.push(child);
  const [[code], stderr] = await Promise.all([once(child, 'close'), child.stderr ? text(child.stderr) : '']);
  const terminationLog = readFileSync(log, 'utf8');
  rmSync(dir, { recursive: true });
  return { code, stderr, terminationLog };
}

describe('a serving agent', () => {
  test('sends a payload back whole, with its identity', async () => {
    const result = await probeOne({
      id: 'p',
      kind: 'payload',
      host: '127.0.0.1',
      port: await serving(),
      payloadBytes: 20_000,
      timeoutMs: 5000,
    });
    expect(result).toMatchObject({
      succeeded: 1,
      got: {
        peer: { node: 'n1', pod: 'probe-x', network: 'host' },
        clientAddress: '127.0.0.1',
        payloadBytes: 20_000,
      },
    });
  });

  test('takes no payload that is larger than any of the probes', async () => {
    const result = await probeOne({
      id: 'p',
      kind: 'payload',
      host: '127.0.0.1',
      port: await serving(),
      payloadBytes: MAX_ECHO_BYTES + 1,
      timeoutMs: 2000,
    });
    // Whether the refusal or the closed connection is seen first is the client's luck.
    expect(['http-status', 'reset']).toContain(result.error?.kind);
  });

  test('says in its answer who it is and that it is the canary, to who knows the key alone', async () => {
    const url = `http://127.0.0.1:${await serving()}${CANARY_PATH}`;
    const ask = async (key: string) => {
      const answer = await fetch(url, { headers: { [PROOF_HEADER]: makeProof(key).toString('hex') } });
      return [answer.status, await answer.text()] as const;
    };
    const [status, body] = await ask(RUN_KEY);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ service: CANARY, pod: 'probe-x', node: 'n1', clientAddress: '127.0.0.1' });
    expect(await ask('another')).toEqual([403, '']);
  });

  test('says neither a name nor a byte of what was sent to who does not know the key', async () => {
    const url = `http://127.0.0.1:${await serving()}`;
    for (const proof of [undefined, '', 'zz', '00'.repeat(24), makeProof('another key').toString('hex')]) {
      const answer = await fetch(`${url}/echo`, {
        method: 'POST',
        body: 'mirror me',
        headers: proof === undefined ? {} : { [PROOF_HEADER]: proof },
      });
      expect([answer.status, answer.headers.get(IDENTITY_HEADER), await answer.text()]).toEqual([403, null, '']);
    }
  });

  test('is taken for no probe of this run by one that has another key', async () => {
    const port = await freePort();
    children.push(await startServing(settings(port, { NETWRIGHT_KEY: 'another key' })));
    const result = await probeOne({
      id: 'p',
      kind: 'payload',
      host: '127.0.0.1',
      port,
      payloadBytes: 64,
      timeoutMs: 2000,
    });
    expect(result.error?.kind).toBe('wrong-identity');
  });

  test('ends with one line where it has none of the addresses that it should listen at', async () => {
    expect(await fail(await freePort(), { NETWRIGHT_POD_IPS: '192.0.2.77' })).toMatchObject({
      code: 3,
      terminationLog: 'none of the addresses to listen at is on this host: 192.0.2.77\n',
    });
  });

  test.skipIf(!canMakeNamespaces)('serves where the device of its address runs only a moment later', async () => {
    const { a, b, remove } = makePair();
    try {
      b.run('ip', 'link', 'set', 'up0', 'down');
      const served = startServing(settings(4711, { NETWRIGHT_POD_IPS: '192.0.2.1' }), { prefix: a.prefix });
      await sleep(3_000);
      b.run('ip', 'link', 'set', 'up0', 'up');
      children.push(await served);
      expect(a.run('ss', '-Hltn')).toContain('192.0.2.1:4711');
    } finally {
      remove();
    }
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

  test('closes its ports when the longest time is over, and stays, since it would be started anew', async () => {
    const port = await freePort();
    const child = await startServing(settings(port, { NETWRIGHT_SERVE_FOR_MS: '1500' }));
    children.push(child);
    const local = { host: '127.0.0.1', port, timeoutMs: 1000 };
    const ask = async () => {
      const tcp = await probeOne({ ...local, id: 't', kind: 'tcp' });
      const udp = await probeOne({ ...local, id: 'u', kind: 'udp-echo', payloadBytes: 64 });
      return [tcp.error?.kind ?? 'open', udp.error?.kind ?? 'open'];
    };
    await expect.poll(ask, { timeout: 10_000 }).toEqual(['refused', 'refused']);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
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
