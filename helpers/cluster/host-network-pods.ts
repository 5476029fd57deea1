import type { V1Pod } from '@kubernetes/client-node';
import type { Hole } from '../model/finding.ts';
import type { ServiceInfo } from '../model/topology.ts';

/** What a pod belongs to, by name: its Deployment where its ReplicaSet's name says so, else its owner or itself. */
function workloadOf({ metadata }: V1Pod): string {
  const owner = metadata?.ownerReferences?.[0]?.name ?? metadata?.name ?? '';
  const hash = metadata?.labels?.['pod-template-hash'];
  const name = hash !== undefined && owner.endsWith(`-${hash}`) ? owner.slice(0, -hash.length - 1) : owner;
  return `${metadata?.namespace ?? ''}/${name}`;
}

/**
 * Workloads behind these Services that run in the host network with dnsPolicy ClusterFirst, the default. There it means
 * the node's own resolver: what they make of a Service's name no probe shows. One note for all, or none.
 */
export function hostNetworkNotes(pods: readonly V1Pod[], services: readonly ServiceInfo[]): Hole[] {
  const behind = new Set(
    services.flatMap(({ namespace, endpoints }) =>
      endpoints.flatMap(({ pod }) => (pod ? [`${namespace}/${pod}`] : [])),
    ),
  );
  const named = pods
    .filter(({ metadata }) => behind.has(`${metadata?.namespace}/${metadata?.name}`))
    .filter(({ spec }) => spec?.hostNetwork === true && (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst')
    .map(workloadOf);
  const workloads = [...new Set(named)].toSorted();
  return workloads.length === 0
    ? []
    : [
        {
          what: `names of Services as ${workloads.join(', ')} asks for them`,
          why:
            "it runs in the host network with dnsPolicy ClusterFirst, and so asks the node's resolver, which knows " +
            'no Services; ClusterFirstWithHostNet asks the DNS Service',
          isByChoice: true,
        },
      ];
}
