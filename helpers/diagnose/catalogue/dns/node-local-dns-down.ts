import type { CatalogueEntry, Match } from '../../entry.ts';
import { unresolved } from '../../evidence/pod-resolvers.ts';
import { ids, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** Pods of a node ask a resolver of the node itself that does not answer, though the DNS Service would. */
export const nodeLocalDnsDown: CatalogueEntry = {
  code: 'node-local-dns-down',
  title: (locations) => `the resolver that pods of the node are given does not answer: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    unresolved(view).flatMap((each): Match[] => {
      const { node, failed, byService, resolver, others, owners, cache } = each;
      if (byService.length === 0 || byService.some(({ verdict }) => verdict !== 'pass')) return [];
      // A different address alone does not prove a cache.
      if (others.length > 0 && owners.length > 0 && !cache) return [];
      return [
        provedIf(others.length > 0 && view.cluster.dns && cache, {
          at: { node },
          evidence: [
            say(
              `pods of ${node} resolve no name by their own resolver (${failed.length} tried), and every name by ` +
                'the DNS Service',
              ...ids(failed),
              ...ids(byService).slice(0, 6),
            ),
            others.length > 0 &&
              say(
                `their resolver is ${others.join(', ')}, the DNS Service is ${view.cluster.dns?.value.clusterIp}`,
                resolver?.id,
                view.cluster.dns?.id,
              ),
            cache && say(cache.text, ...cache.ids),
          ],
          impact: [{ kind: 'probes', ids: ids(failed) }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'See which nameserver the pods’ /etc/resolv.conf names (kubelet --cluster-dns); restart the node-local cache ' +
        'on that node or point the kubelet at the DNS Service.',
    },
  ],
  verify: ({ node }) => verifyRun('coredns', `short names resolve on ${node}`),
  parts: ({ node }) => `ssh ${node} 'ip addr show nodelocaldns; ss -lunp sport = :53'`,
};
