import type { ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { webhookIn } from './webhook-words.ts';

/**
 * What stands behind a webhook that could not be asked: its Service with its pods and their nodes. Empty where the
 * message is about none, or where that may not be read. Never throws.
 */
export async function webhookBackend(client: ClusterClient, message: string): Promise<string> {
  const webhook = webhookIn(message);
  if (!webhook) return '';
  if (!webhook.service) return webhook.host === '' ? '' : `; the webhook ${webhook.name} is asked at ${webhook.host}`;
  const { namespace, name } = webhook.service;
  const it = `; the webhook ${webhook.name} is asked by the Service ${namespace}/${name}`;
  try {
    const labelSelector = `kubernetes.io/service-name=${name}`;
    const slices = await listAll((page) =>
      client.discovery.listNamespacedEndpointSlice({ ...page, namespace, labelSelector }),
    );
    const ready = slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(
        ({ addresses, targetRef, nodeName }) =>
          `${targetRef?.name ?? addresses[0]}${nodeName ? ` on ${nodeName}` : ''} (${addresses.join(', ')})`,
      );
    return ready.length === 0 ? `${it}, which has no ready endpoint` : `${it}, behind which stands ${ready.join(', ')}`;
  } catch {
    return it;
  }
}
