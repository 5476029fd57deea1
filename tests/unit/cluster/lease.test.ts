import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import { acquireRunLock, breakRunLock } from '../../../helpers/cluster/lease.ts';
import { ApiBench } from './client.ts';
import { status } from './fake-api.ts';
import { LeaseStore } from './lease-store.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
afterEach(() => vi.useRealTimers());

const SECONDS = 1_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

async function cluster(): Promise<{ store: LeaseStore; client: ClusterClient }> {
  const store = new LeaseStore();
  return { store, client: await bench.connect(await bench.serve((request) => store.answers(request))) };
}

/** Lets the renewal that is due happen, and its answer come. */
async function renewal(): Promise<void> {
  await vi.advanceTimersByTimeAsync(10 * SECONDS);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the run lock', () => {
  test('is taken where there is none, and is gone when it was given back', async () => {
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here');
    expect(store.lease?.spec?.holderIdentity).toBe('one on here');
    expect(lock.trouble()).toBeUndefined();
    await lock.release();
    expect(store.lease).toBeUndefined();
  });

  test('of a run in progress is refused, with who has it and since when', async () => {
    const { store, client } = await cluster();
    const since = ago(5 * SECONDS);
    store.put('20261125-090000-abcd on build-7', since);
    await expect(acquireRunLock(client, 'two on here')).rejects.toMatchObject({
      code: 'run-in-progress',
      exitCode: 3,
      message:
        'another run is in progress on this cluster: ' +
        `20261125-090000-abcd on build-7, since ${since.toISOString()}`,
      hint: 'wait for it; if it was killed, its lock runs out 30 s after its last sign, or remove it: netwright clean',
    });
    expect(store.lease?.spec?.holderIdentity).toBe('20261125-090000-abcd on build-7');
  });

  test('of a run that has given no sign for 30 s is taken over', async () => {
    const { store, client } = await cluster();
    store.put('dead on build-7', ago(31 * SECONDS));
    const lock = await acquireRunLock(client, 'two on here');
    expect(store.lease?.spec?.holderIdentity).toBe('two on here');
    await lock.release();
  });

  test('that was taken over while its run stalled stays with who took it, and the run says so', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here');
    store.put('two on there');
    await renewal();
    await expect
      .poll(() => lock.trouble())
      .toBe('it is no longer ours: another run took it over, or it was removed by hand');
    await lock.release();
    expect(store.lease?.spec?.holderIdentity).toBe('two on there');
  });

  test('that was renewed is given back all the same', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here');
    await renewal();
    // Given back while the renewal is on its way.
    await lock.release();
    expect([store.lease, lock.trouble()]).toEqual([undefined, undefined]);
  });

  test('for which two runs ask at once goes to one of them', async () => {
    const { store, client } = await cluster();
    const ended = await Promise.allSettled(['one', 'two', 'three'].map((holder) => acquireRunLock(client, holder)));
    expect(ended.map(({ status: each }) => each).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(
      ended.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : [])),
    ).toEqual(['run-in-progress', 'run-in-progress']);
    expect(['one', 'two', 'three']).toContain(store.lease?.spec?.holderIdentity);
  });

  test('that was taken although the answer to it was lost is our own', async () => {
    const store = new LeaseStore();
    let first = true;
    const server = await bench.serve((request) => {
      const answer = store.answers(request);
      if (request.method !== 'POST' || !first) return answer;
      first = false;
      return status(504, 'Timeout', 'the request did not complete in time');
    });
    const lock = await acquireRunLock(await bench.connect(server), 'one on here');
    await lock.release();
    expect(store.lease).toBeUndefined();
  });

  test('is broken by hand whoever has it, and its holder is told', async () => {
    const { store, client } = await cluster();
    store.put('dead on build-7');
    expect([await breakRunLock(client), store.lease, await breakRunLock(client)]).toEqual([
      'dead on build-7',
      undefined,
      undefined,
    ]);
  });
});
