import { PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import { again } from './again.ts';
import { apiError, statusOf } from './api-error.ts';
import { withSignal, type ClusterClient } from './connect.ts';

const FIELD_MANAGER = 'netwright';

async function apply(client: ClusterClient, object: KubernetesObject, signal?: AbortSignal): Promise<void> {
  try {
    // The library's type wants a name that every object of ours has.
    const named = object as KubernetesObject & { metadata: { name: string } };
    await again(
      () => client.objects.patch(named, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply),
      // A namespace that was made a moment ago may not be there yet for its objects.
      { signal, isWorthIt: (error) => statusOf(error) === 404 },
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
  const asked = signal ? withSignal(client, signal) : client;
  const isNamespace = ({ kind }: KubernetesObject) => kind === 'Namespace';
  await Promise.all(objects.filter(isNamespace).map((object) => apply(asked, object, signal)));
  await Promise.all(objects.filter((object) => !isNamespace(object)).map((object) => apply(asked, object, signal)));
}
