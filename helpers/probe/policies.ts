import type { KubernetesObject, V1NetworkPolicy } from '@kubernetes/client-node';
import { labelsOf, probeNamespaces, probeSelector } from './manifests.ts';

type Rules = Pick<NonNullable<V1NetworkPolicy['spec']>, 'ingress' | 'egress'>;

const policy = (runId: string, name: string, rules: Rules): KubernetesObject & V1NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: probeNamespaces(runId).pod, labels: labelsOf(runId) },
  spec: {
    podSelector: { matchLabels: probeSelector(runId, 'pod') },
    policyTypes: ['Ingress', ...(rules.egress ? ['Egress'] : [])],
    ...rules,
  },
});

/** The name of the policy that opens the run's pods, where one is needed. */
export const OPEN_POLICY = 'netwright-open';

/** Opens the run's probe pods to all, as pods are that no policy selects. */
export const openPolicy = (runId: string): KubernetesObject & V1NetworkPolicy =>
  policy(runId, OPEN_POLICY, { ingress: [{}], egress: [{}] });

/** Denies all that comes to the run's probe pods of the pod network. */
export const denyPolicy = (runId: string): KubernetesObject & V1NetworkPolicy =>
  policy(runId, 'netwright-deny', { ingress: [] });

/** Allows these pods to each other, by TCP and at their port alone. */
export const allowPolicy = (runId: string, port: number): KubernetesObject & V1NetworkPolicy =>
  policy(runId, 'netwright-allow', {
    ingress: [
      { _from: [{ podSelector: { matchLabels: probeSelector(runId, 'pod') } }], ports: [{ protocol: 'TCP', port }] },
    ],
  });
