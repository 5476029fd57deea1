import type { V1EndpointSlice } from '@kubernetes/client-node';
import pWaitFor from 'p-wait-for';
import { whyOf } from '../cluster/api-error.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { listAll } from '../cluster/pages.ts';
import { CANARY } from '../model/canary.ts';
import type { ProbePod } from '../model/run-context.ts';

/** The endpoint slices follow a pod within a fraction of a second where the controller manager is well. */
const ENDPOINTS_TIMEOUT_MS = 10_000;
const POLL_MS = 150;

const SERVICE_NAME = 'kubernetes.io/service-name';

function readyPods(slices: readonly V1EndpointSlice[]): Set<string> {
  const own = slices.filter(({ metadata }) => metadata?.labels?.[SERVICE_NAME] === CANARY);
  return new Set(
    own.flatMap(({ endpoints }) =>
      (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
        conditions?.ready === false ? [] : (targetRef?.name ?? []),
      ),
    ),
  );
}

export interface Endpoints {
  slices: V1EndpointSlice[];
  /** Why the canary has not the endpoints that it should have. */
  missing?: string;
}

/**
 * Waits until each running probe pod of the pod network stands behind the canary. What the API server says then, or why
 * not all do. Rejects only where the client's signal aborts.
 */
export async function waitForEndpoints(
  client: ClusterClient,
  namespace: string,
  pods: readonly ProbePod[],
): Promise<Endpoints> {
  const wanted = pods.filter(({ network }) => network === 'pod').map(({ pod }) => pod);
  const endsAt = performance.now() + ENDPOINTS_TIMEOUT_MS;
  const look = async () => {
    const slices = await listAll((page) => client.discovery.listNamespacedEndpointSlice({ ...page, namespace }));
    const ready = readyPods(slices);
    const absent = wanted.filter((pod) => !ready.has(pod));
    if (absent.length === 0) return pWaitFor.resolveWith<Endpoints>({ slices });
    if (performance.now() < endsAt) return false;
    const missing =
      `its EndpointSlices lack ${absent.join(', ')} after ${ENDPOINTS_TIMEOUT_MS / 1000} s: the cluster's ` +
      'controller manager makes them';
    return pWaitFor.resolveWith<Endpoints>({ slices, missing });
  };
  try {
    return await pWaitFor(look, { interval: POLL_MS });
  } catch (error) {
    client.signal?.throwIfAborted();
    return { slices: [], missing: whyOf(error) };
  }
}
