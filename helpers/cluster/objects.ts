import { PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import pRetry from 'p-retry';
import { apiError, isTransport, statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';

const FIELD_MANAGER = 'netwright';
const RETRIES = { retries: 3, minTimeout: 150, maxTimeout: 1_000 };

/**
 * Sends again what failed for the transport's sake; a namespace that is not there yet for its objects counts as such.
 */
const again = <T>(what: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
  pRetry(what, { ...RETRIES, signal, shouldRetry: ({ error }) => isTransport(error) || statusOf(error) === 404 });

async function apply(client: ClusterClient, object: KubernetesObject, signal?: AbortSignal): Promise<void> {
  try {
    // The library's type wants a name that every object of ours has.
    const named = object as KubernetesObject & { metadata: { name: string } };
    await again(
      () => client.objects.patch(named, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply),
      signal,
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw apiError(
      error,
      `applying ${object.kind} ${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}: the API ` +
        `server ${client.server}`,
      client.server,
    );
  }
}

/**
 * Applies objects by server-side apply: namespaces first, then all the others at once. Throws a NetwrightError for the
 * first that is refused.
 */
export async function applyObjects(
  client: ClusterClient,
  objects: KubernetesObject[],
  signal?: AbortSignal,
): Promise<void> {
  const isNamespace = ({ kind }: KubernetesObject) => kind === 'Namespace';
  await Promise.all(objects.filter(isNamespace).map((object) => apply(client, object, signal)));
  await Promise.all(objects.filter((object) => !isNamespace(object)).map((object) => apply(client, object, signal)));
}
