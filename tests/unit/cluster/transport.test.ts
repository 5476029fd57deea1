import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAccess } from '../../../helpers/cluster/access.ts';
import { withSignal, type ClusterClient } from '../../../helpers/cluster/connect.ts';
import { applyObjects } from '../../../helpers/cluster/objects.ts';
import { readTopology } from '../../../helpers/cluster/topology.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type Answer, type FakeApi } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const EMPTY: Answer = { status: 200, body: { items: [] } };
const ALLOWED: Answer = { status: 201, body: { status: { allowed: true } } };

/** A server that fails each request in one way at first, and a client of it that connected before. */
async function failing(first: Answer, answer: Answer): Promise<{ server: FakeApi; client: ClusterClient }> {
  const seen = new Set<string>();
  const server = await bench.serve(({ method, path, body }) => {
    if (path === '/version') return VERSION;
    const request = `${method} ${path} ${body}`;
    if (seen.has(request)) return answer;
    seen.add(request);
    return first;
  });
  const client = await bench.connect(server);
  return { server, client };
}

const requestsTo = (server: FakeApi, part: string): number =>
  server.requests.filter((request) => request.includes(part)).length;

const BUSY = status(429, 'TooManyRequests', 'the server has received too many requests');
const busyFor = (seconds: number): Answer => ({
  status: 429,
  body: 'too many requests',
  headers: { 'retry-after': String(seconds) },
});
const DOWN = status(503, 'ServiceUnavailable', 'apiserver is shutting down');

describe.each([
  ['too many requests', BUSY],
  ['a server that shuts down', DOWN],
  ['a broken connection', 'reset' as const],
])('%s, once for each request', (_name, trouble) => {
  test('does not stop the cluster from being read', async () => {
    const { server, client } = await failing(trouble, EMPTY);
    const { topology } = await readTopology(client, { namespaces: ['default'] });
    expect(topology.nodes).toEqual([]);
    expect(requestsTo(server, '/api/v1/nodes')).toBe(2);
  });

  test('does not stop rights from being asked for', async () => {
    const { client } = await failing(trouble, ALLOWED);
    await expect(checkAccess(client)).resolves.toBeUndefined();
  });

  test('does not stop objects from being applied', async () => {
    const { server, client } = await failing(trouble, {
      status: 200,
      body: { resources: [{ kind: 'ConfigMap', name: 'configmaps', namespaced: true }] },
    });
    await applyObjects(client, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }]);
    expect(requestsTo(server, 'PATCH')).toBe(2);
  });

  test('does not stop a connection from being made', async () => {
    let asked = 0;
    const server = await bench.serve(() => ((asked += 1) === 1 ? trouble : VERSION));
    expect((await bench.connect(server)).serverVersion).toBe('v1.34.4');
  });
});

test('an object is not created twice where the answer to its creation was lost', async () => {
  const { server, client } = await failing('reset', EMPTY);
  await expect(client.coordination.createNamespacedLease({ namespace: 'a', body: {} })).rejects.toThrow('fetch failed');
  expect(requestsTo(server, 'POST')).toBe(1);
});

test('an object is created where the server was too busy to look at it', async () => {
  const { server, client } = await failing(BUSY, EMPTY);
  await client.coordination.createNamespacedLease({ namespace: 'a', body: {} });
  expect(requestsTo(server, 'POST')).toBe(2);
});

test('a request is not repeated before the time that the server asks for', async () => {
  const { client } = await failing(busyFor(1), EMPTY);
  const startedAt = performance.now();
  await client.core.listNode();
  expect(performance.now() - startedAt).toBeGreaterThan(990);
});

test('a server that asks for more time than a run has is not waited for', async () => {
  const { client } = await failing(busyFor(600), EMPTY);
  const startedAt = performance.now();
  await expect(client.core.listNode()).rejects.toMatchObject({ code: 429 });
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('a server that stays down is given up after five attempts, with its own words', async () => {
  const server = await bench.serve(({ path }) => (path === '/version' ? VERSION : DOWN));
  const client = await bench.connect(server);
  await expect(readTopology(client, { namespaces: [] })).rejects.toMatchObject({
    code: 'api-error',
    message: `the API server ${server.url} answered with an error: apiserver is shutting down`,
  });
  expect(requestsTo(server, '/api/v1/nodes')).toBe(5);
});

test('an answer that refuses is not asked for again', async () => {
  const { server, client } = await failing(status(403, 'Forbidden', 'nodes is forbidden'), EMPTY);
  await expect(readTopology(client, { namespaces: [] })).rejects.toMatchObject({ code: 'api-forbidden' });
  expect(requestsTo(server, '/api/v1/nodes')).toBe(1);
});

test('a signal ends the requests of its own client alone, waiting for the next attempt among them', async () => {
  const server = await bench.serve(({ path }) => (path === '/version' ? VERSION : undefined));
  const client = await bench.connect(server);
  const reason = new Error('interrupted');
  const interrupt = new AbortController();
  const [silent, busy] = [
    withSignal(client, interrupt.signal).core.listNode(),
    withSignal((await failing(busyFor(5), EMPTY)).client, interrupt.signal).core.listNode(),
  ];
  setTimeout(() => interrupt.abort(reason), 50);
  await expect(silent).rejects.toBe(reason);
  await expect(busy).rejects.toBe(reason);
  await expect(withSignal(client, interrupt.signal).core.listNode()).rejects.toBe(reason);
  const { client: other } = await failing(BUSY, EMPTY);
  expect((await withSignal(withSignal(other, interrupt.signal), undefined).core.listNode()).items).toEqual([]);
});

test('requests one after the other share their connections', async () => {
  const server = await bench.serve(({ path }) => (path === '/version' ? VERSION : EMPTY));
  const client = await bench.connect(server);
  for (let turn = 0; turn < 5; turn += 1) await client.core.listNode();
  // A second one where the first was not free yet, and not one a request.
  expect(server.connections).toBeLessThan(3);
  expect(client.counts.apiCalls).toBe(6);
});
