import type { KubernetesObject, V1NetworkPolicy } from '@kubernetes/client-node';
import { labelsOf, probeNamespaces, probeSelector } from './manifests.ts';

type Ingress = NonNullable<V1NetworkPolicy['spec']>['ingress'];

/** The one policy of a run, by its rules for what comes in; it lets out everything. Each replaces the one before. */
const policy = (runId: string, ingress: Ingress): KubernetesObject & V1NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'netwright-probes', namespace: probeNamespaces(runId).pod, labels: labelsOf(runId) },
  spec: {
    podSelector: { matchLabels: probeSelector(runId, 'pod') },
    policyTypes: ['Ingress', 'Egress'],
    ingress,
    egress: [{}],
  },
});

/** Opens the run's probe pods to all, as pods are that no policy selects. */
export const openPolicy = (runId: string): KubernetesObject & V1NetworkPolicy => policy(runId, [{}]);

/** Denies all that comes to the run's probe pods of the pod network. */
export const denyPolicy = (runId: string): KubernetesObject & V1NetworkPolicy => policy(runId, []);

/** Allows these pods to each other, by TCP and at their port alone. */
export const allowPolicy = (runId: string, port: number): KubernetesObject & V1NetworkPolicy =>
  policy(runId, [
    { _from: [{ podSelector: { matchLabels: probeSelector(runId, 'pod') } }], ports: [{ protocol: 'TCP', port }] },
  ]);
