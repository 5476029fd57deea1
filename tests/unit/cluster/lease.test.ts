import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterClient } from '../../../helpers/cluster/connect.ts';
import { acquireRunLock, breakRunLock } from '../../../helpers/cluster/lease.ts';
import { ApiBench } from './client.ts';
import { status, type Answers } from './fake-api.ts';
import { LeaseStore } from './lease-store.ts';

let bench: ApiBench;
beforeAll(() => {
  bench = new ApiBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const SECONDS = 1_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

async function cluster(
  answers: (store: LeaseStore) => Answers = (store) => store.answers,
): Promise<{ store: LeaseStore; client: ClusterClient }> {
  const store = new LeaseStore();
  const client = await bench.connect(await bench.serve((request) => answers(store)(request)));
  return { store, client };
}

describe('the run lock', () => {
  test('is taken where there is none, and is gone when it was given back', async () => {
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here');
    expect(store.lease?.spec?.holderIdentity).toBe('one on here');
    expect([lock.trouble(), lock.lost.aborted, lock.tookOver]).toEqual([undefined, false, undefined]);
    expect(await lock.release()).toBeUndefined();
    expect(store.lease).toBeUndefined();
  });

  test('of a run in progress is refused at once, with who has it and since when', async () => {
    const { store, client } = await cluster();
    const since = ago(5 * SECONDS);
    store.put('20261125-090000-abcd on build-7', since);
    await expect(acquireRunLock(client, 'two on here')).rejects.toMatchObject({
      code: 'run-in-progress',
      exitCode: 3,
      message:
        'another run is in progress on this cluster: ' +
        `20261125-090000-abcd on build-7, since ${since.toISOString()}`,
      hint:
        'wait for it; if it was killed, netwright clean removes what it left as soon as its lock has not changed for ' +
        '30 s',
    });
    expect(store.lease?.spec?.holderIdentity).toBe('20261125-090000-abcd on build-7');
  });

  test('that does not change for the time it is held for is taken over', async () => {
    const { store, client } = await cluster();
    store.put('dead on build-7', ago(31 * SECONDS), 1);
    const watched: string[] = [];
    const startedAt = performance.now();
    const lock = await acquireRunLock(client, 'two on here', { onWatch: (holder) => watched.push(holder) });
    expect(performance.now() - startedAt).toBeGreaterThan(1 * SECONDS);
    expect([lock.tookOver, watched, store.lease?.spec?.holderIdentity]).toEqual([
      'dead on build-7',
      ['dead on build-7'],
      'two on here',
    ]);
    await lock.release();
  });

  test.each([
    ['behind', -3_600 * SECONDS],
    ['ahead', 3_600 * SECONDS],
  ])('of a live run whose clock is an hour %s is not taken', async (_direction, offsetMs) => {
    const { store, client } = await cluster();
    const renew = () => store.put('alive on build-7', new Date(Date.now() + offsetMs), 1);
    renew();
    const timer = setInterval(renew, 300);
    await expect(acquireRunLock(client, 'two on here')).rejects.toMatchObject({ code: 'run-in-progress' });
    clearInterval(timer);
    expect(store.lease?.spec?.holderIdentity).toBe('alive on build-7');
  });

  test('that is given back while it is watched is taken', async () => {
    const { store, client } = await cluster();
    store.put('ending on build-7', ago(31 * SECONDS));
    setTimeout(() => (store.lease = undefined), 200);
    const lock = await acquireRunLock(client, 'two on here');
    expect(store.lease?.spec?.holderIdentity).toBe('two on here');
    await lock.release();
  }, 15_000);

  test('that looks fresh is watched all the same by who is patient', async () => {
    const { store, client } = await cluster();
    store.put('killed on build-7', new Date(), 1);
    const lock = await acquireRunLock(client, 'two on here', { isPatient: true });
    expect(lock.tookOver).toBe('killed on build-7');
    await lock.release();
  });

  test('that is watched does not hold up an interrupt', async () => {
    const { store, client } = await cluster();
    store.put('dead on build-7', ago(31 * SECONDS));
    const signal = AbortSignal.timeout(100);
    await expect(acquireRunLock(client, 'two on here', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
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

  test('of a dead run that two watch goes to one of them', async () => {
    const { store, client } = await cluster();
    store.put('dead on build-7', ago(31 * SECONDS), 1);
    const ended = await Promise.allSettled(['one', 'two'].map((holder) => acquireRunLock(client, holder)));
    expect(ended.map(({ status: each }) => each).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(ended.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'run-in-progress' });
  });

  test('that was taken although the answer to it was lost is our own', async () => {
    let first = true;
    const { store, client } = await cluster((own) => (request) => {
      const answer = own.answers(request);
      if (request.method !== 'POST' || !first) return answer;
      first = false;
      return status(504, 'Timeout', 'the request did not complete in time');
    });
    const lock = await acquireRunLock(client, 'one on here');
    await lock.release();
    expect(store.lease).toBeUndefined();
  });
});

describe('the renewal of a run lock', () => {
  const QUICK = { durationSeconds: 1 };

  test('comes three times in the time that the lock holds', async () => {
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    await expect.poll(() => Number(store.lease?.metadata?.resourceVersion), { timeout: 5_000 }).toBeGreaterThan(4);
    expect(lock.lost.aborted).toBe(false);
    expect(await lock.release()).toBeUndefined();
    expect(store.lease).toBeUndefined();
  });

  test('waits for the one before: a slow server does not make a run take its own lock for another’s', async () => {
    let under = 0;
    let most = 0;
    const { client } = await cluster((own) => async (request) => {
      if (request.method !== 'PUT') return own.answers(request);
      most = Math.max(most, (under += 1));
      await sleep(700);
      under -= 1;
      return own.answers(request);
    });
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    await sleep(2_000);
    expect([most, lock.lost.aborted, lock.trouble()]).toEqual([1, false, undefined]);
    await lock.release();
  });

  test('whose answer was lost does not make a run take its own lock for another’s', async () => {
    let lost = 0;
    const { store, client } = await cluster((own) => async (request) => {
      const answer = await own.answers(request);
      return request.method === 'PUT' && (lost += 1) === 1 ? 'reset' : answer;
    });
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    await expect.poll(() => lost, { timeout: 5_000 }).toBeGreaterThan(3);
    expect([lock.lost.aborted, store.lease?.spec?.holderIdentity]).toEqual([false, 'one on here']);
    await lock.release();
  });

  test('that meets another holder ends: the run is told, and the lock stays with who took it', async () => {
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    store.put('two on there');
    await expect.poll(() => lock.lost.aborted, { timeout: 5_000 }).toBe(true);
    expect(lock.lost.reason).toMatchObject({ code: 'run-lock-lost' });
    expect(lock.trouble()).toBe('the run lock is no longer ours: two on there took it over');
    expect(await lock.release()).toBeUndefined();
    expect(store.lease?.spec?.holderIdentity).toBe('two on there');
  });

  test('that finds no lock says that it was removed by hand', async () => {
    const { store, client } = await cluster();
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    store.lease = undefined;
    await expect
      .poll(() => lock.trouble(), { timeout: 5_000 })
      .toBe('the run lock is no longer ours: it was removed by hand');
    await lock.release();
  });

  test('that does not come about for as long as the lock holds loses it', async () => {
    let isDown = false;
    const { client } = await cluster(
      (own) => (request) => (isDown ? status(403, 'Forbidden', 'leases is forbidden') : own.answers(request)),
    );
    const lock = await acquireRunLock(client, 'one on here', QUICK);
    isDown = true;
    await expect.poll(() => lock.trouble(), { timeout: 5_000 }).toContain('refuses: leases is forbidden');
    expect(lock.lost.aborted).toBe(false);
    await expect
      .poll(() => lock.trouble(), { timeout: 5_000 })
      .toBe('the run lock is no longer ours: it could not be renewed for 1 s, so another run may take it');
    await lock.release();
  });
});

describe('a run lock that cannot be removed', () => {
  const forbidden = status(403, 'Forbidden', 'leases "netwright-run" is forbidden: User "ops" cannot delete');

  test('when it is given back is a sentence with the reason', async () => {
    const { client } = await cluster(
      (own) => (request) => (request.method === 'DELETE' ? forbidden : own.answers(request)),
    );
    const lock = await acquireRunLock(client, 'one on here');
    expect(await lock.release()).toBe(
      'the run lock (Lease kube-system/netwright-run) could not be given back: the API server refuses: leases ' +
        '"netwright-run" is forbidden: User "ops" cannot delete; it runs out by itself',
    );
  });

  test.each(['GET', 'DELETE'])('by hand is an error, refused at %s', async (refused) => {
    const { store, client } = await cluster(
      (own) => (request) =>
        request.method === refused && request.path.includes('/leases') ? forbidden : own.answers(request),
    );
    store.put('dead on build-7');
    await expect(breakRunLock(client)).rejects.toMatchObject({ code: 'api-forbidden' });
  });
});

test('a run lock is broken by hand whoever has it, and its holder is told', async () => {
  const { store, client } = await cluster();
  store.put('dead on build-7');
  expect([await breakRunLock(client), store.lease, await breakRunLock(client)]).toEqual([
    'dead on build-7',
    undefined,
    undefined,
  ]);
});
