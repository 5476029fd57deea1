import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import type { Kubectl } from '../../lab/kubectl.ts';

/** All that a user may have made, and all that a run makes. Pods follow from these. */
const KINDS = [
  'namespaces',
  'leases',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'services',
  'daemonsets',
  'deployments',
  'statefulsets',
  'jobs',
  'cronjobs',
  'ingresses',
  'networkpolicies',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
];

const labels = { 'app.kubernetes.io/name': 'netwright' };

/** The user's own, which look like ours: by name, or by a label that anybody may set. */
export const DECOYS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'netwright-team', labels } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'netwright', namespace: 'netwright-team', labels } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'netwright', namespace: 'keybuzz', labels } },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'netwright-team', namespace: 'kube-system', labels },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'netwright', namespace: 'keybuzz', labels },
      spec: { clusterIP: 'None', selector: { nobody: 'here' } },
    },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'netwright' }, rules: [] },
  ],
};

/** Every object by kind, place and identity. */
export async function wholeCluster(kubectl: Kubectl): Promise<ReadonlySet<string>> {
  const text = await kubectl(['get', KINDS.join(','), '-A', '-o', 'json']);
  const { items } = JSON.parse(text) as KubernetesListObject<KubernetesObject>;
  return new Set(
    items.map(({ kind, metadata }) =>
      [kind, [metadata?.namespace, metadata?.name].filter(Boolean).join('/'), metadata?.uid].join(' '),
    ),
  );
}

export const differences = (before: ReadonlySet<string>, after: ReadonlySet<string>): string[] => [
  ...[...after].filter((each) => !before.has(each)).map((each) => `${each} is left`),
  ...[...before].filter((each) => !after.has(each)).map((each) => `${each} is missing`),
];

/** Waits for what the cluster removes by itself, two minutes at most. */
export async function untilSame(kubectl: Kubectl, before: ReadonlySet<string>): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    if (differences(before, await wholeCluster(kubectl)).length === 0) return;
    await sleep(500);
  }
}
