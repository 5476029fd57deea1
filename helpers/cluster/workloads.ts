import type { V1DaemonSet, V1Deployment, V1Pod, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node';
import type { ServiceInfo, WorkloadInfo } from '../model/topology.ts';
import type { ClusterClient } from './connect.ts';
import { hasLabels, labelSelectorOf } from './label-selector.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';

/** What makes pods, and how many it wants. */
export interface Workload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  name: string;
  /** Labels of the pods that it makes. */
  labels: Record<string, string>;
  replicas: number;
}

/** The objects of a namespace that make pods. */
export interface WorkloadObjects {
  deployments: V1Deployment[];
  statefulSets: V1StatefulSet[];
  daemonSets: V1DaemonSet[];
  replicaSets: V1ReplicaSet[];
}

type Replicated = V1Deployment | V1StatefulSet | V1ReplicaSet;

const replicated =
  (kind: Workload['kind']) =>
  ({ metadata, spec }: Replicated): Workload => ({
    kind,
    name: metadata?.name ?? '',
    labels: spec?.template?.metadata?.labels ?? {},
    // The API's own default.
    replicas: spec?.replicas ?? 1,
  });

/**
 * All of them in one form. A ReplicaSet that a Deployment keeps is left to that: those of older revisions want no pod.
 * One that another controller keeps (a Rollout) counts.
 */
export function workloadsOf({ deployments, statefulSets, daemonSets, replicaSets }: WorkloadObjects): Workload[] {
  const own = replicaSets.filter(
    ({ metadata }) => !metadata?.ownerReferences?.some(({ kind, controller }) => controller && kind === 'Deployment'),
  );
  return [
    ...deployments.map(replicated('Deployment')),
    ...statefulSets.map(replicated('StatefulSet')),
    ...own.map(replicated('ReplicaSet')),
    ...daemonSets.map(({ metadata, spec, status }): Workload => ({
      kind: 'DaemonSet',
      name: metadata?.name ?? '',
      labels: spec?.template.metadata?.labels ?? {},
      replicas: status?.desiredNumberScheduled ?? 0,
    })),
  ];
}

/** What of these makes the pods that a Service selects. */
export function workloadBehind({ selector }: Pick<ServiceInfo, 'selector'>, workloads: Workload[]): WorkloadInfo {
  const own = workloads.filter(({ labels }) => hasLabels(labels, selector));
  return {
    objects: own.map(({ kind, name }) => `${kind} ${name}`),
    replicas: own.reduce((sum, { replicas }) => sum + replicas, 0),
  };
}

/** Whether only what makes its pods can tell if a Service is meant to have none. */
const isBare = ({ type, selector, endpoints }: ServiceInfo): boolean =>
  type !== 'ExternalName' && Object.keys(selector).length > 0 && endpoints.every(({ terminating }) => terminating);

/** Whether its pods may have ended: an EndpointSlice keeps one that was never ready for a while. */
const mayHaveEnded = ({ type, selector, endpoints }: ServiceInfo): boolean =>
  type !== 'ExternalName' && Object.keys(selector).length > 0 && endpoints.every(({ ready }) => !ready);

/** What made the pods, where all of them have ended well; undefined where one is to serve, or where there is none. */
export function endedWork(pods: readonly Pick<V1Pod, 'metadata' | 'status'>[]): WorkloadInfo | undefined {
  if (pods.length === 0 || pods.some(({ status }) => status?.phase !== 'Succeeded')) return undefined;
  const owners = pods.map(({ metadata }) => {
    const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
    return owner ? `${owner.kind} ${owner.name}` : `Pod ${metadata?.name}`;
  });
  return { objects: [...new Set(owners)], replicas: 0, hasEnded: true };
}

async function endedBehind(
  client: ClusterClient,
  { namespace, selector }: ServiceInfo,
): Promise<WorkloadInfo | undefined> {
  const labelSelector = labelSelectorOf(selector);
  const pods = listAll((page) => client.core.listNamespacedPod({ ...page, namespace, labelSelector }));
  return endedWork((await reading(client, pods)).value ?? []);
}

async function readIn({ apps }: ClusterClient, namespace: string): Promise<Workload[]> {
  const [deployments, statefulSets, daemonSets, replicaSets] = await Promise.all([
    listAll((page) => apps.listNamespacedDeployment({ ...page, namespace })),
    listAll((page) => apps.listNamespacedStatefulSet({ ...page, namespace })),
    listAll((page) => apps.listNamespacedDaemonSet({ ...page, namespace })),
    listAll((page) => apps.listNamespacedReplicaSet({ ...page, namespace })),
  ]);
  return workloadsOf({ deployments, statefulSets, daemonSets, replicaSets });
}

/**
 * The Services, each that has no endpoint with what makes its pods, or made those that have ended. It asks nothing of
 * the API where every one has an endpoint, and never throws: what may not be read says so.
 */
export async function withWorkloads(client: ClusterClient, services: readonly ServiceInfo[]): Promise<ServiceInfo[]> {
  const namespaces = [...new Set(services.filter(isBare).map(({ namespace }) => namespace))];
  const read = new Map(
    await Promise.all(
      namespaces.map(async (namespace) => [namespace, await reading(client, readIn(client, namespace))] as const),
    ),
  );
  const ended = await Promise.all(
    services.map(async (service) => (mayHaveEnded(service) ? endedBehind(client, service) : undefined)),
  );
  return services.map((service, at) => {
    const work = ended[at];
    if (work) return { ...service, workload: work };
    const workloads = isBare(service) ? read.get(service.namespace) : undefined;
    if (!workloads) return service;
    const { value, notObserved } = workloads;
    return {
      ...service,
      workload: value === null ? { objects: [], notObserved } : workloadBehind(service, value),
    };
  });
}
