import { PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import { again } from './again.ts';
import { apiError, statusOf } from './api-error.ts';
import { withSignal, type ClusterClient } from './connect.ts';
import { NetwrightError } from '../errors.ts';
import { readLease } from './lease-silence.ts';
import { webhookBackend } from './webhook.ts';

const FIELD_MANAGER = 'netwright';

/** Applies one object by server-side apply. Resolves to what the server made of it. Throws a NetwrightError. */
export async function applyObject<T extends KubernetesObject>(
  client: ClusterClient,
  object: T,
  signal?: AbortSignal,
): Promise<T> {
  try {
    // The library's type wants a name that every object of ours has.
    const named = object as T & { metadata: { name: string } };
    return await again(
      () => client.objects.patch(named, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply),
      // A namespace that was made a moment ago may not be there yet for its objects.
      { signal, isWorthIt: (error) => statusOf(error) === 404 },
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw await refusal(client, object, error);
  }
}

/** Why an object is not there: who stands behind a webhook that could not be asked is read, as far as it may be. */
async function refusal(client: ClusterClient, object: KubernetesObject, error: unknown): Promise<NetwrightError> {
  const { namespace, name = '' } = object.metadata ?? {};
  const what = `applying ${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  const told = apiError(error, `${what}: the API server ${client.server}`, client.server);
  if (told.code === 'webhook-unreachable')
    return new NetwrightError(`${told.message}${await webhookBackend(client, told.message)}`, {
      code: told.code,
      hint: told.hint,
      cause: error,
    });
  // It answered all that was read until now: only what is written waits for admission webhooks.
  if (told.code === 'api-unreachable' && (await answers(client)))
    return new NetwrightError(
      `${what}: the API server ${client.server} answers what is read, and not this within ` +
        `${client.requestTimeoutMs / 1_000} s`,
      {
        code: 'webhook-unreachable',
        hint:
          'an admission webhook that does not answer may hold it up: ' +
          'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
        cause: error,
      },
    );
  return told;
}

const answers = (client: ClusterClient): Promise<boolean> =>
  readLease(client).then(
    () => true,
    () => false,
  );

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
  await Promise.all(objects.filter(isNamespace).map((object) => applyObject(asked, object, signal)));
  await Promise.all(
    objects.filter((object) => !isNamespace(object)).map((object) => applyObject(asked, object, signal)),
  );
}
