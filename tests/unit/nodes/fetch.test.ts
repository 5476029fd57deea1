import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectNode, type NodeConnection } from '../../../helpers/nodes/connection.ts';
import { fetchFromNode, type FetchTool } from '../../../helpers/nodes/fetch.ts';
import { freePort, installed, missingSshd, portOf, SshBench, user } from './sshd.ts';

/** This machine stands for a node. */
describe.skipIf(missingSshd)('fetching a URL from a node', () => {
  let bench: SshBench;
  let connection: NodeConnection;
  beforeAll(async () => {
    bench = new SshBench();
    const sshd = await bench.sshd();
    connection = await connectNode({
      host: '127.0.0.1',
      port: sshd.port,
      user,
      privateKeyPath: bench.keyPath,
      knownHostsPath: bench.write('known', `[127.0.0.1]:${sshd.port} ${sshd.hostKeys['ed25519']}\n`),
    });
  });
  afterAll(async () => {
    connection.close();
    await bench[Symbol.asyncDispose]();
  });
  let server: Server;
  let silent: TcpServer;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/cut') {
        request.socket.destroy();
        return;
      }
      response.statusCode = request.url === '/down' ? 503 : 200;
      response.setHeader('X-Seen-Host', request.headers.host ?? '');
      response.end(
        request.url === '/big' ? 'x'.repeat(200_000) : JSON.stringify({ service: 'api', path: request.url }),
      );
    });
    silent = createTcpServer(() => {});
    await Promise.all(
      [server, silent].map((each) => new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))),
    );
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    silent.close();
  });
  const url = (path: string) => `http://127.0.0.1:${portOf(server)}${path}`;
  const tools = (['curl', 'bash'] as FetchTool[]).filter((tool) => installed(tool));

  describe.each(tools)('by %s', (tool) => {
    const fetchIt = (address: string, more: { hostHeader?: string; timeoutMs?: number } = {}) =>
      fetchFromNode(connection, address, { timeoutMs: 2_000, tools: [tool], ...more });

    test('gives status, headers, body and time', async () => {
      const got = await fetchIt(url('/health?a=1%20b&c=$x'), { hostHeader: 'api.example.org' });
      expect(got).toMatchObject({
        status: 200,
        tool,
        body: '{"service":"api","path":"/health?a=1%20b&c=$x"}',
        headers: { 'x-seen-host': 'api.example.org' },
      });
      expect(got.durationMs).toBeGreaterThan(0);
    });

    test('an answer that says no is an answer', async () => {
      expect(await fetchIt(url('/down'))).toMatchObject({ status: 503, body: '{"service":"api","path":"/down"}' });
    });

    test('a closed port is refused', async () => {
      const got = await fetchIt(`http://127.0.0.1:${await freePort()}/`);
      expect(got.errorKind).toBe('refused');
      expect(got.status).toBeUndefined();
    });

    test('a server that says nothing is a time-out', async () => {
      expect(await fetchIt(`http://127.0.0.1:${portOf(silent)}/`, { timeoutMs: 1_000 })).toMatchObject({
        errorKind: 'timeout',
      });
    });

    test('a server that hangs up without an answer is a reset', async () => {
      expect(await fetchIt(url('/cut'))).toMatchObject({ errorKind: 'reset' });
    });
  });

  test('a long body is cut, and still an answer', async () => {
    const got = await fetchFromNode(connection, url('/big'), { timeoutMs: 5_000 });
    expect([got.status, got.body?.length]).toEqual([200, 65_536]);
  });

  test('without any program to do it, the request is lost, not failed', async () => {
    expect(await fetchFromNode(connection, url('/'), { timeoutMs: 1_000, tools: [] })).toMatchObject({
      lost: 'the node has no program to fetch a URL with (curl or bash)',
    });
  });
});
