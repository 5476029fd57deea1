import type { V1Pod } from '@kubernetes/client-node';
import type { OverlayKind } from '../../model/overlay.ts';
import type { PodPolicy, PolicyEngine } from './policy.ts';

/** The label `k8s-app` of the pods by which an engine's own manifests, and those of distributions, run it on nodes. */
const AGENTS: Readonly<Record<string, PolicyEngine>> = {
  'calico-node': 'calico',
  // RKE2's and the older manifest of Calico beside flannel.
  canal: 'calico',
  cilium: 'cilium',
};

/** The engines that run in a cluster: objects of one that was removed may be left, and hold nowhere. */
export function enginesOf(overlay: OverlayKind, pods: readonly Pick<V1Pod, 'metadata'>[]): PolicyEngine[] {
  const byNetwork = (['calico', 'cilium'] as const).filter((engine) => overlay.startsWith(engine));
  const byPods = pods.flatMap(({ metadata }) => AGENTS[metadata?.labels?.['k8s-app'] ?? ''] ?? []);
  return [...new Set([...byNetwork, ...byPods])];
}

/** Those policies that somebody enforces. */
export const enforced = (policies: readonly PodPolicy[], engines: readonly PolicyEngine[]): PodPolicy[] =>
  policies.filter(({ engine }) => engine === undefined || engines.includes(engine));
