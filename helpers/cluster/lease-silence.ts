import type { V1Lease } from '@kubernetes/client-node';
import pWaitFor from 'p-wait-for';
import { statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { durationMsOf, inProgress, LEASE } from './lease-record.ts';

/** Reads the lock; undefined when nobody has it. */
export async function readLease(client: ClusterClient): Promise<V1Lease | undefined> {
  try {
    return await client.coordination.readNamespacedLease(LEASE);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/**
 * Watches another's lock until it has not changed for the time that it is held for, and resolves to it; to undefined
 * when it is gone. Rejects with `run-in-progress` as soon as it changes. The time is measured here, from when a change
 * was seen, as client-go's leader election does: no two machines' clocks are compared.
 */
export async function watchForSilence(
  client: ClusterClient,
  first: V1Lease,
  signal?: AbortSignal,
): Promise<V1Lease | undefined> {
  const record = JSON.stringify(first.spec);
  const durationMs = durationMsOf(first);
  const seenAt = performance.now();
  const look = async () => {
    const current = await readLease(client);
    if (!current) return pWaitFor.resolveWith(undefined);
    if (JSON.stringify(current.spec) !== record) throw inProgress(current);
    return performance.now() - seenAt >= durationMs ? pWaitFor.resolveWith(current) : false;
  };
  return pWaitFor(look, { interval: durationMs / 15, before: false, signal });
}
