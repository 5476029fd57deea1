import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import { removeRuns } from '../../../helpers/run/remove-runs.ts';
import { ApiBench } from '../cluster/client.ts';
import type { Answer } from '../cluster/fake-api.ts';
import { LeaseStore } from '../cluster/lease-store.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A cluster with one namespace of ours, and what was done to it in order. */
async function cluster(): Promise<{ store: LeaseStore; client: ClusterClient; done: string[] }> {
  const store = new LeaseStore();
  const done: string[] = [];
  let namespaces = ['netwright-1'];
  const server = await bench.serve((request): ReturnType<LeaseStore['answers']> => {
    const { method, path } = request;
    if (method === 'DELETE') done.push(path.split('?')[0]?.split('/').at(-1) ?? '');
    if (!path.startsWith('/api/v1/namespaces')) return store.answers(request);
    if (method === 'DELETE') namespaces = [];
    const answer: Answer = { status: 200, body: { items: namespaces.map((name) => ({ metadata: { name } })) } };
    return answer;
  });
  return { store, client: await bench.connect(server), done };
}

const remove = (client: ClusterClient, isForced = false) =>
  removeRuns(client, { holder: 'clean on here', isForced, onWatch: () => {} });

describe('netwright clean', () => {
  test('leaves a run that is alive alone, and says whose it is', async () => {
    const { store, client, done } = await cluster();
    const renew = () => store.put('20261125-090000-abcd on build-7', new Date(), 2);
    renew();
    const timer = setInterval(renew, 300);
    await expect(remove(client)).rejects.toMatchObject({
      code: 'run-in-progress',
      message: expect.stringContaining('20261125-090000-abcd on build-7, since '),
    });
    clearInterval(timer);
    expect(done).toEqual([]);
  });

  test('removes a live run when it is forced, the lock last', async () => {
    const { store, client, done } = await cluster();
    store.put('20261125-090000-abcd on build-7');
    expect(await remove(client, true)).toEqual({
      namespaces: ['netwright-1'],
      restored: [],
      lockOf: '20261125-090000-abcd on build-7',
    });
    expect([done, store.lease]).toEqual([['netwright-1', 'netwright-run'], undefined]);
  });

  test('removes what a run that was killed left, holding the lock meanwhile', async () => {
    const { store, client, done } = await cluster();
    store.put('killed on build-7', new Date(), 1);
    expect(await remove(client)).toEqual({ namespaces: ['netwright-1'], restored: [], lockOf: 'killed on build-7' });
    expect([done, store.lease]).toEqual([['netwright-1', 'netwright-run'], undefined]);
  });

  test('names no lock where there was none', async () => {
    const { client } = await cluster();
    expect(await remove(client)).toEqual({ namespaces: ['netwright-1'], restored: [] });
  });
});
