import type { KubernetesObject, V1NetworkPolicy } from '@kubernetes/client-node';
import { labelsOf, probeNamespaces, probeSelector } from './manifests.ts';

const policy = (
  runId: string,
  name: string,
  ingress: NonNullable<V1NetworkPolicy['spec']>['ingress'],
): KubernetesObject & V1NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: probeNamespaces(runId).pod, labels: labelsOf(runId) },
  spec: { podSelector: { matchLabels: probeSelector(runId, 'pod') }, policyTypes: ['Ingress'], ingress },
});

/** Denies all that comes to the run's probe pods of the pod network. */
export const denyPolicy = (runId: string): KubernetesObject & V1NetworkPolicy => policy(runId, 'netwright-deny', []);

/** Allows these pods to each other, by TCP and at their port alone. */
export const allowPolicy = (runId: string, port: number): KubernetesObject & V1NetworkPolicy =>
  policy(runId, 'netwright-allow', [
    { _from: [{ podSelector: { matchLabels: probeSelector(runId, 'pod') } }], ports: [{ protocol: 'TCP', port }] },
  ]);
