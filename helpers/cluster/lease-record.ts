import { V1MicroTime, type V1Lease } from '@kubernetes/client-node';
import { NetwrightError } from '../errors.ts';

/** The Lease is in a namespace that every cluster has, so that a lock never needs one of its own. */
export const LEASE = { namespace: 'kube-system', name: 'netwright-run' };

/** Where the lock is, for messages. */
export const LEASE_PLACE = `Lease ${LEASE.namespace}/${LEASE.name}`;

/** A killed run is taken over when its lock has not changed for this time; renewals come three times as often. */
export const DURATION_SECONDS = 30;

/** The lock as `holder` has it; over an existing one it stands under the same version, from which it is taken. */
export function leaseOf(holder: string, durationSeconds: number, existing?: V1Lease): V1Lease {
  const now = new V1MicroTime();
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...LEASE,
      labels: { 'app.kubernetes.io/managed-by': 'netwright' },
      resourceVersion: existing?.metadata?.resourceVersion,
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: durationSeconds,
      acquireTime: existing?.spec?.holderIdentity === holder ? (existing.spec.acquireTime ?? now) : now,
      renewTime: now,
    },
  };
}

/** How long the holder may be silent, in ms: as it says itself. */
export const durationMsOf = ({ spec }: V1Lease): number => (spec?.leaseDurationSeconds ?? DURATION_SECONDS) * 1_000;

/**
 * Whether the lock was renewed a moment ago if the holder's clock and ours agree. Good enough to refuse a run, which
 * harms nobody; never to take the lock, for which `lease-silence.ts` watches it.
 */
export function looksFresh(lease: V1Lease, now = Date.now()): boolean {
  const renewed = lease.spec?.renewTime ? new Date(lease.spec.renewTime).getTime() : 0;
  return Math.abs(now - renewed) <= durationMsOf(lease);
}

/** The error for a lock that another run holds: who, and since when. */
export function inProgress({ spec }: V1Lease): NetwrightError {
  const since = spec?.acquireTime ? new Date(spec.acquireTime).toISOString() : 'an unknown time';
  return new NetwrightError(
    `another run is in progress on this cluster: ${spec?.holderIdentity ?? 'unknown'}, since ${since}`,
    {
      code: 'run-in-progress',
      hint:
        'wait for it; if it was killed, netwright clean removes what it left as soon as its lock has not changed for ' +
        `${DURATION_SECONDS} s`,
    },
  );
}
