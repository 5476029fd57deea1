import type { CoreV1Event } from '@kubernetes/client-node';
import type { Reading } from '../model/facts.ts';
import type { NetworkEvent } from '../model/facts/kubernetes.ts';
import { redactText } from '../redact.ts';
import type { ClusterClient } from './connect.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';

/** As much of an event's message as is kept: a scheduler's holds a part for each reason, a runtime's an address. */
const MOST_OF_A_MESSAGE = 600;

/** An event as a diagnosis and a person read it. */
export function toldBy({
  source,
  reportingInstance,
  involvedObject,
  reason,
  message,
  count,
}: CoreV1Event): NetworkEvent {
  return {
    node: source?.host ?? reportingInstance,
    object: `${involvedObject.kind} ${involvedObject.namespace ?? ''}/${involvedObject.name}`,
    reason: reason ?? '',
    message: redactText(message ?? '').slice(0, MOST_OF_A_MESSAGE),
    count: count ?? 1,
  };
}

/** The warnings of a namespace: why pods are not made there, or do not start. Never throws. */
export const warningsIn = (client: ClusterClient, namespace: string): Promise<Reading<NetworkEvent[]>> =>
  reading(
    client,
    listAll((page) => client.core.listNamespacedEvent({ ...page, namespace, fieldSelector: 'type=Warning' })).then(
      (events) => events.map(toldBy),
    ),
  );
