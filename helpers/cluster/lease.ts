import type { V1Lease } from '@kubernetes/client-node';
import { again } from './again.ts';
import { apiError, isTransport, statusOf } from './api-error.ts';
import { withSignal, type ClusterClient } from './connect.ts';
import { DURATION_SECONDS, inProgress, LEASE, LEASE_PLACE, leaseOf, looksFresh } from './lease-record.ts';
import { LeaseRenewal } from './lease-renewal.ts';
import { readLease, watchForSilence } from './lease-silence.ts';

export interface RunLock {
  /** What went wrong with renewals, when something did: the run goes on and says so. */
  trouble(): string | undefined;
  /** Aborts when the lock is no longer ours: another run may be at work. The reason is an error that says why. */
  readonly lost: AbortSignal;
  /** Whose lock was taken over, as its holder had not renewed it. */
  readonly tookOver?: string;
  /** Gives the lock back. Never throws; resolves to what went wrong, and the lock then runs out by itself. */
  release(): Promise<string | undefined>;
}

export interface LockOptions {
  /** Ends asking for the lock, and the watching of another's; not the renewals. */
  signal?: AbortSignal;
  /**
   * Watch a lock of another also when it looks fresh, until it changes or has been silent for long enough. Otherwise
   * one that looks fresh is refused at once.
   */
  isPatient?: boolean;
  /** Called with the lock's holder before watching it, which takes up to the time that the lock is held for. */
  onWatch?: (holder: string) => void;
  /** How long the lock holds without a renewal, in seconds. */
  durationSeconds?: number;
}

interface Taken {
  held: V1Lease;
  tookOver?: string;
}

async function takeFrom(
  client: ClusterClient,
  holder: string,
  existing: V1Lease,
  options: LockOptions,
): Promise<V1Lease> {
  const { signal, isPatient = false, onWatch, durationSeconds = DURATION_SECONDS } = options;
  const other = existing.spec?.holderIdentity;
  // The answer to our own first request may have been lost on the way.
  const isFree = !other || other === holder;
  if (!isFree && !isPatient && looksFresh(existing)) throw inProgress(existing);
  if (!isFree) onWatch?.(other);
  const silent = isFree ? existing : await watchForSilence(client, existing, signal);
  const body = leaseOf(holder, durationSeconds, silent);
  try {
    if (!silent) return await client.coordination.createNamespacedLease({ namespace: LEASE.namespace, body });
    return await client.coordination.replaceNamespacedLease({ ...LEASE, body });
  } catch (error) {
    // Another run watched the lock as well, and was faster.
    const current = statusOf(error) === 409 ? await readLease(client) : undefined;
    if (!current) throw error;
    if (current.spec?.holderIdentity === holder) return current;
    throw inProgress(current);
  }
}

async function take(client: ClusterClient, holder: string, options: LockOptions): Promise<Taken> {
  try {
    const body = leaseOf(holder, options.durationSeconds ?? DURATION_SECONDS);
    return { held: await client.coordination.createNamespacedLease({ namespace: LEASE.namespace, body }) };
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  const existing = await client.coordination.readNamespacedLease(LEASE);
  const other = existing.spec?.holderIdentity;
  const held = await takeFrom(client, holder, existing, options);
  return { held, ...(other && other !== holder && { tookOver: other }) };
}

/** Deletes the lock as we left it: one that was taken over keeps the same object under a newer version. */
async function giveBack(client: ClusterClient, held: V1Lease): Promise<string | undefined> {
  const { uid, resourceVersion } = held.metadata ?? {};
  try {
    await client.coordination.deleteNamespacedLease({ ...LEASE, body: { preconditions: { uid, resourceVersion } } });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (statusOf(error) === 409) return 'the run lock could not be given back: it is no longer ours';
    const { message } = apiError(error, 'the API server', client.server);
    return `the run lock (${LEASE_PLACE}) could not be given back: ${message}; it runs out by itself`;
  }
  return undefined;
}

/**
 * Takes the cluster's run lock and keeps it alive. Throws `run-in-progress` when another run holds it. A lock that does
 * not look fresh is watched for as long as it is held for before it is taken over.
 */
export async function acquireRunLock(
  client: ClusterClient,
  holder: string,
  options: LockOptions = {},
): Promise<RunLock> {
  const { signal } = options;
  let taken: Taken;
  try {
    const asking = signal ? withSignal(client, signal) : client;
    // Released by its holder between two requests: the lock is free.
    const isWorthIt = (error: unknown) => isTransport(error) || statusOf(error) === 404;
    taken = await again(() => take(asking, holder, options), { signal, isWorthIt });
  } catch (error) {
    signal?.throwIfAborted();
    throw apiError(error, `taking the run lock (${LEASE_PLACE}): the API server ${client.server}`, client.server);
  }
  const renewal = new LeaseRenewal(client, holder, taken.held);
  return {
    ...(taken.tookOver !== undefined && { tookOver: taken.tookOver }),
    trouble: () => renewal.trouble,
    lost: renewal.lost,
    release: async () => {
      const held = await renewal.stop();
      return held && giveBack(client, held);
    },
  };
}

/**
 * Removes the run lock whoever holds it. Resolves to its holder, or undefined when there was none. Throws a
 * NetwrightError when it cannot be read or removed.
 */
export async function breakRunLock(client: ClusterClient): Promise<string | undefined> {
  try {
    const existing = await readLease(client);
    if (!existing) return undefined;
    await client.coordination.deleteNamespacedLease(LEASE).catch((error: unknown) => {
      if (statusOf(error) !== 404) throw error;
    });
    return existing.spec?.holderIdentity ?? 'unknown';
  } catch (error) {
    throw apiError(error, `removing the run lock (${LEASE_PLACE}): the API server ${client.server}`, client.server);
  }
}
