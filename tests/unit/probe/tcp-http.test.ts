import { once } from 'node:events';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, portOf, probe, probeOne } from './support/agent.ts';
import { serveProxyProtocol } from './support/proxy-protocol.ts';
import { canMakeNamespaces, drop, makePair } from './support/netns.ts';

let silent: Server;
let web: HttpServer;

beforeAll(async () => {
  silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  web = createHttp((request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.destroy(), 20);
    } else if (request.url === '/endless') {
      response.writeHead(200).write('begun');
    } else {
      response
        .writeHead(request.url === '/503' ? 503 : 200, { 'X-Host': request.headers.host, 'set-cookie': ['a=1', 'b=2'] })
        .end('x'.repeat(1000));
    }
  }).listen(0, '127.0.0.1');
  await Promise.all([once(silent, 'listening'), once(web, 'listening')]);
});
afterAll(() => {
  silent.close();
  web.close();
  web.closeAllConnections();
});

const tcp = (id: string, host: string, port: number) => ({ id, kind: 'tcp' as const, host, port, timeoutMs: 400 });
const http = (path: string, more: object = {}) => ({
  id: 'h',
  kind: 'http' as const,
  host: '127.0.0.1',
  port: portOf(web),
  path,
  timeoutMs: 2000,
  ...more,
});

describe('a tcp probe', () => {
  test('passes where something listens, and every attempt is counted', async () => {
    const result = await probeOne({
      id: 't',
      kind: 'tcp',
      host: '127.0.0.1',
      port: portOf(silent),
      timeoutMs: 2000,
      attempts: 3,
    });
    expect(result).toMatchObject({ attempts: 3, succeeded: 3, got: { localAddress: '127.0.0.1' } });
    expect(result.timesMs).toHaveLength(3);
    expect(result.error).toBeUndefined();
  });

  test('is refused where nothing listens', async () => {
    const port = await freePort();
    expect(await probeOne({ id: 't', kind: 'tcp', host: '127.0.0.1', port, timeoutMs: 2000 })).toMatchObject({
      succeeded: 0,
      timesMs: [],
      error: { kind: 'refused', text: `connect ECONNREFUSED 127.0.0.1:${port}` },
      got: { phase: 'connect', errorKinds: { refused: 1 } },
    });
  });

  test.skipIf(!canMakeNamespaces)('tells a dropped packet, a missing route and a local prohibition apart', async () => {
    const { a, b, remove } = makePair();
    try {
      drop(b, 'input', 'tcp dport 81');
      a.run('ip', 'route', 'add', 'prohibit', '198.51.100.0/24');
      const results = await probe(
        [
          tcp('dropped', '192.0.2.2', 81),
          tcp('refused', '192.0.2.2', 82),
          tcp('no-route', '203.0.113.1', 80),
          tcp('prohibited', '198.51.100.1', 80),
        ],
        { prefix: a.prefix },
      );
      expect(Object.fromEntries([...results].map(([id, { error }]) => [id, error?.kind]))).toEqual({
        dropped: 'timeout',
        refused: 'refused',
        'no-route': 'no-route',
        prohibited: 'prohibited',
      });
      expect(results.get('dropped')?.error?.text).toBe('no connection within 400 ms');
    } finally {
      remove();
    }
  });
});

describe('an http probe', () => {
  test('keeps status, headers and the head of the body, and names the host that it is told to', async () => {
    const { got, succeeded } = await probeOne(http('/', { bodyBytes: 10, hostHeader: 'shop.example' }));
    expect(succeeded).toBe(1);
    expect(got).toMatchObject({
      status: 200,
      body: 'xxxxxxxxxx',
      bodyTruncated: true,
      bodyLength: 1000,
      headers: { 'x-host': 'shop.example', 'set-cookie': 'a=1, b=2' },
    });
  });

  test('begins with a PROXY protocol header where it is told to, as a load balancer does', async () => {
    const behind = await serveProxyProtocol(portOf(web));
    const [told, plain] = [
      await probeOne(http('/', { port: behind.port, proxyProtocol: true })),
      await probeOne(http('/', { port: behind.port })),
    ];
    behind.close();
    expect(told).toMatchObject({ succeeded: 1, got: { status: 200, localAddress: '127.0.0.1' } });
    expect(plain).toMatchObject({ succeeded: 0, error: { kind: 'reset' } });
    expect(behind.headers).toEqual([expect.stringMatching(`^PROXY TCP4 127.0.0.1 127.0.0.1 \\d+ ${behind.port}$`)]);
  });

  test('is refused by PROXY protocol or without where nothing listens', async () => {
    const port = await freePort();
    expect(await probeOne(http('/', { port, proxyProtocol: true }))).toMatchObject({ error: { kind: 'refused' } });
  });

  test('any status is an answer', async () => {
    expect(await probeOne(http('/503'))).toMatchObject({ succeeded: 1, got: { status: 503 } });
  });

  test('a body that is cut off is a reset that keeps the status', async () => {
    expect(await probeOne(http('/cut'))).toMatchObject({
      succeeded: 0,
      error: { kind: 'reset' },
      got: { status: 200, phase: 'body' },
    });
  });

  test('a body that does not end is a time-out that says so', async () => {
    expect(await probeOne(http('/endless', { timeoutMs: 300 }))).toMatchObject({
      error: { kind: 'timeout', text: 'the answer began and did not end within 300 ms' },
      got: { status: 200 },
    });
  });

  test('a server that accepts and says nothing is told from one that cannot be reached', async () => {
    expect(await probeOne(http('/', { port: portOf(silent), timeoutMs: 300 }))).toMatchObject({
      error: { kind: 'timeout', text: 'connected, but no answer within 300 ms' },
      got: { phase: 'response' },
    });
  });

  test('an answer that is not HTTP is a wrong answer', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const result = await probeOne(http('/', { port: portOf(other) }));
    other.close();
    expect(result.error?.kind).toBe('wrong-answer');
  });
});
