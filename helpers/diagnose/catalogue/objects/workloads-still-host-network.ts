import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = (): string => 'kubectl get deployments,daemonsets -A -o wide';

/** Proved by an acceptance alone: docs/migration.md. */
export const workloadsStillHostNetwork: CatalogueEntry = {
  code: 'workloads-still-host-network',
  title: (locations) => [`workloads are not back in the pod network`, placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'workloads-still-host-network'),
  remedy: () => [{ text: `Apply them as Deployments again: no hostNetwork, no hostPort, dnsPolicy ClusterFirst.` }],
  verify: look,
  parts: look,
};
