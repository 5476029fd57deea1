import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** Pods of a node ask a resolver of their own that does not answer, though the DNS Service would. */
export const nodeLocalDnsDown: CatalogueEntry = {
  code: 'node-local-dns-down',
  title: (locations) => `the resolver that pods of the node are given does not answer: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const own = view.probes.filter(
        ({ suite, source, verdict }) =>
          suite === 'coredns' && source.node === node && source.network === 'pod' && isJudged({ verdict }),
      );
      const short = own.filter(({ role }) => role === 'resolver-short-name');
      const failed = short.filter(({ verdict }) => verdict === 'fail');
      const service = own.filter(({ role }) => role === 'service-name');
      if (
        failed.length === 0 ||
        failed.length < short.length ||
        service.length === 0 ||
        service.some(({ verdict }) => verdict !== 'pass')
      )
        return [];
      const resolver = view.host(node).podResolv;
      const dns = view.cluster.dns?.value;
      const ofService = [dns?.clusterIp, ...(dns?.clusterIps ?? [])];
      const other = resolver?.value.nameservers.filter((address) => !ofService.includes(address)) ?? [];
      return [
        provedIf(other.length > 0 && view.cluster.dns, {
          at: { node },
          evidence: [
            say(
              `pods of ${node} resolve no name by their own resolver (${failed.length} tried), and every name by ` +
                'the DNS Service',
              ...ids(failed),
              ...ids(service).slice(0, 6),
            ),
            other.length > 0 &&
              say(
                `their resolver is ${other.join(', ')}, the DNS Service is ${view.cluster.dns?.value.clusterIp}`,
                resolver?.id,
                view.cluster.dns?.id,
              ),
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
  verify: ({ node }) => `netwright run --suite coredns # short names must resolve on ${node}`,
  parts: ({ node }) => `ssh ${node} 'ip addr show nodelocaldns; ss -lunp sport = :53'`,
};
