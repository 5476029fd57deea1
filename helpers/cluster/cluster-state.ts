import type { CoreV1Event, V1Node, V1Pod } from '@kubernetes/client-node';
import { CALICO } from '../model/overlay/calico.ts';
import { FLANNEL } from '../model/overlay/flannel.ts';
import type { ClusterState } from '../model/watch.ts';
import { redactText } from '../redact.ts';
import type { ClusterClient } from './connect.ts';
import { listPools } from './ip-pools.ts';
import { readOverlay } from './overlay.ts';
import { isReady } from './ready.ts';

/** Where network plugins, DNS and proxies run. */
const SYSTEM = ['kube-system', 'calico-system', 'kube-flannel', 'tigera-operator', 'cilium'];
/** What the API server has in its memory is new enough, and costs its store nothing. */
const FROM_MEMORY = { resourceVersion: '0' } as const;

const ANNOTATIONS = [FLANNEL, CALICO, 'k3s.io/node-args', 'network.cilium.io/'];

function nodeState({ metadata, spec, status }: V1Node): ClusterState['nodes'][string] {
  const annotations = Object.entries(metadata?.annotations ?? {});
  return {
    isReady: isReady({ status }),
    isUnschedulable: spec?.unschedulable === true,
    bootId: status?.nodeInfo?.bootID ?? '',
    kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    annotations: Object.fromEntries(annotations.filter(([key]) => ANNOTATIONS.some((own) => key.startsWith(own)))),
  };
}

const podState = ({ spec, status }: V1Pod): ClusterState['pods'][string] => ({
  node: spec?.nodeName ?? '',
  isReady: isReady({ status }),
});

const nameOf = ({ metadata }: V1Pod): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

/** What may explain an interruption: nodes, plugins, own pods. A few lists; throws as the client does. */
export async function readClusterState(client: ClusterClient, own: readonly string[]): Promise<ClusterState> {
  const { core } = client;
  const [nodes, pools, ...pods] = await Promise.all([
    core.listNode(FROM_MEMORY),
    listPools(client).catch(() => []),
    ...[...new Set([...SYSTEM, ...own])].map((namespace) => core.listNamespacedPod({ ...FROM_MEMORY, namespace })),
  ]);
  return {
    network: readOverlay(nodes.items, pools).kind,
    nodes: Object.fromEntries(nodes.items.map((node) => [node.metadata?.name ?? '', nodeState(node)])),
    pods: Object.fromEntries(pods.flatMap(({ items }) => items).map((pod) => [nameOf(pod), podState(pod)])),
    pools: Object.fromEntries(pools.map(({ metadata, spec }) => [metadata?.name ?? '', JSON.stringify(spec ?? {})])),
  };
}

export interface NodeEvent {
  /** The same event that happens again has another. */
  id: string;
  text: string;
}

const eventOf = ({ metadata, involvedObject, reason = '', message = '', count }: CoreV1Event): NodeEvent => ({
  id: `${metadata.uid ?? ''} ${count ?? 1} ${metadata.resourceVersion ?? ''}`,
  text: `event of ${involvedObject.name ?? ''}: ${reason}: ${redactText(message).slice(0, 120)}`,
});

/** Kubernetes' events of nodes, of the last hour. Throws as the client does. */
export async function readNodeEvents({ core }: ClusterClient): Promise<NodeEvent[]> {
  const fieldSelector = 'involvedObject.kind=Node';
  const { items } = await core.listEventForAllNamespaces({ ...FROM_MEMORY, fieldSelector });
  return items.map(eventOf);
}
