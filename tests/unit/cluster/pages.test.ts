import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAll } from '../../../helpers/cluster/pages.ts';
import { ApiBench } from './client.ts';
import { status, VERSION, type FakeApi } from './fake-api.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A server with three nodes, one a page; the token of the page that has expired is refused. */
const serve = (expired?: string): Promise<FakeApi> =>
  bench.serve(({ path }) => {
    if (path === '/version') return VERSION;
    const query = new URL(path, 'https://api').searchParams;
    const token = query.get('continue');
    if (token && token === expired) return status(410, 'Expired', 'The provided continue parameter is too old');
    const all = ['a', 'b', 'c'];
    const at = Number(token ?? 0);
    const names = query.has('limit') ? all.slice(at, at + 1) : all;
    const next = query.has('limit') && at < 2 ? String(at + 1) : undefined;
    return {
      status: 200,
      body: { items: names.map((name) => ({ metadata: { name } })), metadata: { continue: next } },
    };
  });

const namesAt = async (server: FakeApi): Promise<(string | undefined)[]> => {
  const client = await bench.connect(server);
  return (await listAll((page) => client.core.listNode(page))).map(({ metadata }) => metadata?.name);
};

test('a list that comes in pages is read to its end', async () => {
  const server = await serve();
  expect(await namesAt(server)).toEqual(['a', 'b', 'c']);
  expect(server.requests.slice(1)).toEqual([
    'GET /api/v1/nodes?limit=500',
    'GET /api/v1/nodes?continue=1&limit=500',
    'GET /api/v1/nodes?continue=2&limit=500',
  ]);
});

test('a list whose next page has expired is read anew in one piece, nothing in it twice', async () => {
  const server = await serve('2');
  expect(await namesAt(server)).toEqual(['a', 'b', 'c']);
  expect(server.requests.at(-1)).toBe('GET /api/v1/nodes');
});
