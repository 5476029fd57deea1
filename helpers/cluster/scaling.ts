import { PatchStrategy, type V1Deployment } from '@kubernetes/client-node';
import { statusOf } from './api-error.ts';
import type { ClusterClient } from './connect.ts';
import { marked, UNMARKED } from './scaled-mark.ts';

/** A HorizontalPodAutoscaler as far as it is moved. */
interface Autoscaler {
  metadata: { name: string };
  spec: { minReplicas?: number; maxReplicas: number; scaleTargetRef: { kind: string; name: string } };
}

export interface Place {
  namespace: string;
  name: string;
}

/** What a Deployment is before anything is done to it. */
export interface Before extends Place {
  replicas: number;
  labels: Record<string, string>;
  /** Who says how many pods it has; absent where that is the Deployment itself. */
  autoscaler?: { name: string; least: number; most: number };
}

const AUTOSCALING = { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' } as const;

async function autoscalerOf(
  { customObjects }: ClusterClient,
  { namespace, name }: Place,
): Promise<Before['autoscaler']> {
  try {
    const list = (await customObjects.listNamespacedCustomObject({ ...AUTOSCALING, namespace })) as {
      items?: Autoscaler[];
    };
    const own = list.items?.find(({ spec: { scaleTargetRef: to } }) => to.kind === 'Deployment' && to.name === name);
    if (!own) return undefined;
    return { name: own.metadata.name, least: own.spec.minReplicas ?? 1, most: own.spec.maxReplicas };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const isRolledOut = ({ metadata, spec, status }: V1Deployment): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
  (status?.updatedReplicas ?? 0) === (spec?.replicas ?? 1) &&
  (status?.availableReplicas ?? 0) === (spec?.replicas ?? 1) &&
  (status?.replicas ?? 0) === (spec?.replicas ?? 1);

/** Reads what a Deployment and its autoscaler are. Throws as the client does. */
export async function readBefore(client: ClusterClient, place: Place): Promise<Before> {
  const [{ spec }, autoscaler] = await Promise.all([
    client.apps.readNamespacedDeployment(place),
    autoscalerOf(client, place),
  ]);
  return {
    ...place,
    replicas: spec?.replicas ?? 1,
    labels: spec?.template.metadata?.labels ?? {},
    ...(autoscaler && { autoscaler }),
  };
}

interface Merged {
  metadata?: object;
  spec?: object;
}

/** Merges into an object; nothing else of it is touched. */
function patch(client: ClusterClient, kind: 'Deployment' | 'HorizontalPodAutoscaler', place: Place, body: Merged) {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'autoscaling/v2';
  const metadata = { ...body.metadata, name: place.name, namespace: place.namespace };
  const object = { apiVersion, kind, ...body, metadata };
  return client.objects.patch(object, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch);
}

/** Has it wanted so many pods, by its autoscaler where it has one. What it was is written down at it first. */
export async function scaleTo(client: ClusterClient, before: Before, replicas: number): Promise<void> {
  const { autoscaler, ...place } = before;
  await patch(client, 'Deployment', place, { ...marked(before), ...(!autoscaler && { spec: { replicas } }) });
  if (!autoscaler) return;
  const { name, most } = autoscaler;
  const own = { namespace: place.namespace, name };
  const spec = { minReplicas: replicas, maxReplicas: Math.max(most, replicas) };
  await patch(client, 'HorizontalPodAutoscaler', own, { spec });
}

/** As it was: the number of its pods, and its autoscaler's bounds. */
export async function restore(client: ClusterClient, before: Before): Promise<void> {
  const { autoscaler, replicas, namespace, name } = before;
  const place = { namespace, name };
  if (autoscaler) {
    const own = { namespace: place.namespace, name: autoscaler.name };
    const spec = { minReplicas: autoscaler.least, maxReplicas: autoscaler.most };
    await patch(client, 'HorizontalPodAutoscaler', own, { spec });
  }
  await patch(client, 'Deployment', place, { spec: { replicas }, ...UNMARKED });
}

/** Makes its pods anew one after the other, as `kubectl rollout restart` does. */
export async function restart(client: ClusterClient, place: Place, at: string): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
  await patch(client, 'Deployment', place, { spec: { template: { metadata: { annotations } } } });
}

/** Whether all the pods that it wants are there, and are those of its last change. */
export async function hasRolledOut(
  { apps }: ClusterClient,
  { namespace, name }: Place,
  replicas: number,
): Promise<boolean> {
  const deployment = await apps.readNamespacedDeployment({ namespace, name });
  return isRolledOut(deployment) && deployment.spec?.replicas === replicas;
}
