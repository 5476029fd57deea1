import { isReady } from './ready.ts';
import type { V1Deployment, V1DaemonSet, V1Pod, V1PodTemplateSpec, V1StatefulSet } from '@kubernetes/client-node';
import type { Reading } from '../model/facts.ts';
import type { PodInfo } from '../model/facts/acceptance.ts';
import type { PoolInfo, WorkloadSnapshot } from '../model/snapshot.ts';
import type { ClusterClient } from './connect.ts';
import { listPools, poolInfo } from './ip-pools.ts';
import { listAll } from './pages.ts';
import { reading } from './reading.ts';
import { NOT_ENDED } from './topology.ts';
import { OWNER, RUN_LABEL } from '../model/own-labels.ts';

/** What a snapshot and an acceptance need to know beside the topology. Read without any right to write. */
export interface Inventory {
  pods: Reading<PodInfo[]>;
  workloads: Reading<WorkloadSnapshot[]>;
  pools: Reading<PoolInfo[]>;
}

const isOwn = (labels: Record<string, string> = {}): boolean =>
  RUN_LABEL in labels || labels['app.kubernetes.io/name'] === OWNER;

const podInfo = ({ metadata, spec, status }: V1Pod): PodInfo => {
  const [owner] = metadata?.ownerReferences ?? [];
  const app = metadata?.labels?.['k8s-app'] ?? metadata?.labels?.['app'];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    node: spec?.nodeName ?? '',
    ips: (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []),
    hostNetwork: spec?.hostNetwork === true,
    ready: isReady({ status }),
    dnsPolicy: spec?.dnsPolicy ?? 'ClusterFirst',
    ...(owner && { owner: `${owner.kind} ${owner.name}` }),
    ...(app && { app }),
  };
};

type Template = Pick<WorkloadSnapshot, 'hostNetwork' | 'hostPorts' | 'dnsPolicy'>;

const template = ({ spec }: Partial<V1PodTemplateSpec> = {}): Template => ({
  hostNetwork: spec?.hostNetwork === true,
  hostPorts: (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.flatMap(({ hostPort }) => hostPort ?? [])),
  dnsPolicy: spec?.dnsPolicy ?? 'ClusterFirst',
});

const named = ({ metadata }: V1Deployment | V1DaemonSet | V1StatefulSet) => ({
  namespace: metadata?.namespace ?? '',
  name: metadata?.name ?? '',
});

const replicated =
  (kind: 'Deployment' | 'StatefulSet') =>
  (object: V1Deployment | V1StatefulSet): WorkloadSnapshot => ({
    kind,
    ...named(object),
    replicas: object.spec?.replicas ?? 1,
    ready: object.status?.readyReplicas ?? 0,
    ...template(object.spec?.template),
  });

const daemonSet = (object: V1DaemonSet): WorkloadSnapshot => ({
  kind: 'DaemonSet',
  ...named(object),
  replicas: object.status?.desiredNumberScheduled ?? 0,
  ready: object.status?.numberReady ?? 0,
  ...template(object.spec?.template),
});

const isForeign = ({ metadata }: { metadata?: { labels?: Record<string, string>; namespace?: string } }): boolean =>
  !isOwn(metadata?.labels);

async function readWorkloads({ apps }: ClusterClient): Promise<WorkloadSnapshot[]> {
  const [deployments, statefulSets, daemonSets] = await Promise.all([
    listAll((page) => apps.listDeploymentForAllNamespaces(page)),
    listAll((page) => apps.listStatefulSetForAllNamespaces(page)),
    listAll((page) => apps.listDaemonSetForAllNamespaces(page)),
  ]);
  return [
    ...deployments.filter(isForeign).map(replicated('Deployment')),
    ...statefulSets.filter(isForeign).map(replicated('StatefulSet')),
    ...daemonSets.filter(isForeign).map(daemonSet),
  ];
}

/** Reads it all at once. Never throws: what could not be read says why. */
export async function readInventory(client: ClusterClient): Promise<Inventory> {
  const pods = listAll((page) => client.core.listPodForAllNamespaces({ ...page, fieldSelector: NOT_ENDED }));
  const [ofPods, workloads, pools] = await Promise.all([
    reading(
      client,
      pods.then((all) => all.filter(isForeign).map(podInfo)),
    ),
    reading(client, readWorkloads(client)),
    reading(
      client,
      listPools(client).then((found) => found.map(poolInfo)),
    ),
  ]);
  return { pods: ofPods, workloads, pools };
}
