import { cleanUp } from '../cluster/clean-up.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { restoreScaled, type RestoredScaled } from '../cluster/restore-scaled.ts';
import { acquireRunLock, breakRunLock } from '../cluster/lease.ts';

export interface RemoveOptions {
  /** Who cleans up, as others find it in the lock. */
  holder: string;
  /** Namespaces that were prepared for the probes. */
  prepared?: readonly string[];
  /** Also what belongs to a run that is alive. */
  isForced: boolean;
  /** Called with the lock's holder before watching it, which takes up to half a minute. */
  onWatch: (holder: string) => void;
}

export interface Removed {
  /** Names of namespaces, or of objects in those that were prepared. */
  namespaces: string[];
  /** Deployments that a killed run had scaled, and that have as many pods as before again. */
  restored: string[];
  /** Whose lock was removed. */
  lockOf?: string;
  /** What could not be undone. */
  trouble?: string;
}

const inOneText = (troubles: readonly string[]): Pick<Removed, 'trouble'> =>
  troubles.length > 0 ? { trouble: troubles.join('; ') } : {};

/**
 * Removes all that runs left on a cluster, the lock last. Throws `run-in-progress` when a run is alive, unless it is
 * forced; no run can begin meanwhile.
 */
export async function removeRuns(client: ClusterClient, options: RemoveOptions): Promise<Removed> {
  const { holder, isForced, onWatch, prepared } = options;
  if (isForced) {
    const namespaces = await cleanUp(client, { wait: true, prepared });
    const { restored, troubles } = await restoreScaled(client);
    const lockOf = await breakRunLock(client);
    return { namespaces, restored, ...(lockOf !== undefined && { lockOf }), ...inOneText(troubles) };
  }
  const lock = await acquireRunLock(client, holder, { isPatient: true, onWatch });
  let namespaces: string[] = [];
  let scaled: RestoredScaled = { restored: [], troubles: [] };
  let trouble: string | undefined;
  try {
    scaled = await restoreScaled(client);
    namespaces = await cleanUp(client, { wait: true, prepared });
  } finally {
    trouble = await lock.release();
  }
  return {
    namespaces,
    restored: scaled.restored,
    ...(lock.tookOver !== undefined && { lockOf: lock.tookOver }),
    ...inOneText([...scaled.troubles, ...(trouble === undefined ? [] : [trouble])]),
  };
}
