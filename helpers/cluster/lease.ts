import { V1MicroTime, type V1Lease } from '@kubernetes/client-node';
import pRetry from 'p-retry';
import { NetwrightError } from '../errors.ts';
import { apiError, isTransport, statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

/** The Lease is in a namespace that every cluster has, so that a lock never needs one of its own. */
const NAMESPACE = 'kube-system';
const NAME = 'netwright-run';

/** A run that was killed is taken over after this time without a renewal; renewals come three times as often. */
const DURATION_SECONDS = 30;
const RENEW_MS = 10_000;

export interface RunLock {
  /** What went wrong with renewals, when something did: the run goes on and says so. */
  trouble(): string | undefined;
  /** Gives the lock back. Never throws: a lock that cannot be given back runs out by itself. */
  release(): Promise<void>;
}

/** The lock as `holder` has it; over an existing one it stands under the same version, from which it is taken. */
function lease(holder: string, existing?: V1Lease): V1Lease {
  const now = new V1MicroTime();
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      labels: { 'app.kubernetes.io/managed-by': 'netwright' },
      resourceVersion: existing?.metadata?.resourceVersion,
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: DURATION_SECONDS,
      acquireTime: existing?.spec?.holderIdentity === holder ? (existing.spec.acquireTime ?? now) : now,
      renewTime: now,
    },
  };
}

function isStale({ spec }: V1Lease): boolean {
  const renewed = spec?.renewTime ? new Date(spec.renewTime).getTime() : 0;
  return !spec?.holderIdentity || Date.now() - renewed > (spec.leaseDurationSeconds ?? DURATION_SECONDS) * 1_000;
}

function inProgress({ spec }: V1Lease): NetwrightError {
  const since = spec?.acquireTime ? new Date(spec.acquireTime).toISOString() : 'an unknown time';
  return new NetwrightError(
    `another run is in progress on this cluster: ${spec?.holderIdentity ?? 'unknown'}, since ${since}`,
    {
      code: 'run-in-progress',
      hint:
        `wait for it; if it was killed, its lock runs out ${DURATION_SECONDS} s after its last sign, or remove it: ` +
        'netwright clean',
    },
  );
}

async function take(client: ClusterClient, holder: string): Promise<V1Lease> {
  try {
    return await client.coordination.createNamespacedLease({ namespace: NAMESPACE, body: lease(holder) });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
  const existing = await client.coordination.readNamespacedLease({ namespace: NAMESPACE, name: NAME });
  // The answer to our own first request may have been lost on the way.
  if (existing.spec?.holderIdentity !== holder && !isStale(existing)) throw inProgress(existing);
  return client.coordination.replaceNamespacedLease({
    namespace: NAMESPACE,
    name: NAME,
    body: lease(holder, existing),
  });
}

/** Takes the cluster's run lock and keeps it alive. Throws `run-in-progress` when another run holds it. */
export async function acquireRunLock(client: ClusterClient, holder: string): Promise<RunLock> {
  let held: V1Lease;
  try {
    // A conflict means that somebody was quicker: asked again, it is they who hold it.
    held = await pRetry(() => take(client, holder), {
      retries: 3,
      minTimeout: 100,
      shouldRetry: ({ error }) =>
        !(error instanceof NetwrightError) &&
        (isTransport(error) || statusOf(error) === 409 || statusOf(error) === 404),
    });
  } catch (error) {
    throw apiError(
      error,
      `taking the run lock (Lease ${NAMESPACE}/${NAME}): the API server ${client.server}`,
      client.server,
    );
  }
  let trouble: string | undefined;
  let renewing = Promise.resolve();
  const renew = async () => {
    try {
      held = await client.coordination.replaceNamespacedLease({
        namespace: NAMESPACE,
        name: NAME,
        body: lease(holder, held),
      });
      trouble = undefined;
    } catch (error) {
      const isLost = statusOf(error) === 409 || statusOf(error) === 404;
      trouble = isLost
        ? 'it is no longer ours: another run took it over, or it was removed by hand'
        : apiError(error, 'it could not be renewed: the API server', client.server).message;
    }
  };
  const timer = setInterval(() => {
    renewing = renew();
  }, RENEW_MS);
  timer.unref();
  return {
    trouble: () => trouble,
    release: async () => {
      clearInterval(timer);
      await renewing;
      // As we left it: a run that took it over, since we did not renew it in time, keeps the same object under a newer
      // version.
      const preconditions = { uid: held.metadata?.uid, resourceVersion: held.metadata?.resourceVersion };
      await client.coordination
        .deleteNamespacedLease({ namespace: NAMESPACE, name: NAME, body: { preconditions } })
        .catch(() => {});
    },
  };
}

/** Removes the run lock whoever holds it. Resolves to its holder, or undefined when there was none. */
export async function breakRunLock(client: ClusterClient): Promise<string | undefined> {
  const existing = await client.coordination
    .readNamespacedLease({ namespace: NAMESPACE, name: NAME })
    .catch(() => undefined);
  if (!existing) return undefined;
  await client.coordination.deleteNamespacedLease({ namespace: NAMESPACE, name: NAME }).catch(() => {});
  return existing.spec?.holderIdentity ?? 'unknown';
}
