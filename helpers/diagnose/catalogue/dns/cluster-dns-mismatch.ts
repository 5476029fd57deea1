import type { Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match, Request } from '../../entry.ts';
import { unresolved, type Unresolved } from '../../evidence/pod-resolvers.ts';
import { distinct, ids, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

const DNS_PORT = 53;

/** The resolver address that pods of these nodes get. */
const toldAt = (view: View, locations: Location[]): string =>
  distinct(
    locations.flatMap(({ node }) => (node === undefined ? [] : (view.host(node).podResolv?.value.nameservers ?? []))),
  ).join(', ');

/** Whose an address is, as far as it was read. */
const ownerOf = ({ value: { address, service } }: Unresolved['owners'][number]): string =>
  service
    ? `${address} is the address of ${service.namespace}/${service.name}, which has no port ${DNS_PORT}`
    : `no Service has the address ${address}`;

/** The kubelet gives pods an address as resolver that is not the DNS Service's. */
export const clusterDnsMismatch: CatalogueEntry = {
  code: 'cluster-dns-mismatch',
  title: (locations, view) => {
    const dns = view.cluster.dns?.value;
    const real = dns ? `the DNS Service is ${dns.clusterIp}` : 'and there is no DNS Service';
    return `pods are told ${toldAt(view, locations)} as resolver, ${real}: ${placeOf(locations)}`;
  },
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    // Nobody said that there is no DNS Service where the cluster was not read.
    const { dns } = view.cluster;
    const cluster = view.facts.all('cluster').at(-1);
    if (!dns && !cluster) return [];
    return unresolved(view).flatMap((each): Match[] => {
      const { node, failed, byService, resolver, others, owners, cache } = each;
      if (!resolver || others.length === 0 || others.length < resolver.value.nameservers.length || cache) return [];
      if (owners.some(({ value }) => value.service?.ports.includes(DNS_PORT))) return [];
      const answered = byService.filter(({ verdict }) => verdict === 'pass');
      const asks = others.map((address): Request => ({
        kind: 'dns-address',
        address,
        why: 'it says whose address pods are told',
      }));
      return [
        provedIf(owners.length > 0, {
          at: { node },
          evidence: [
            say(
              `pods of ${node} are told ${others.join(', ')}, ` +
                (dns ? `the DNS Service is ${dns.value.clusterIp}` : 'and kube-system has no DNS Service'),
              resolver.id,
              dns?.id ?? cluster?.id,
            ),
            ...owners.map((owner) => say(ownerOf(owner), owner.id)),
            say(`they resolve no name by it (${failed.length} tried)`, ...ids(failed)),
            answered.length > 0 && say('the DNS Service answers the same pods', ...ids(answered).slice(0, 6)),
          ],
          impact: [{ kind: 'probes', ids: ids(failed) }],
          basis: failed,
          requests: owners.length > 0 ? [] : asks,
        }),
      ];
    });
  },
  remedy: (view, locations) => [
    {
      text: view.cluster.dns
        ? `Set the kubelet's cluster-dns to ${view.cluster.dns.value.clusterIp} (K3s: --cluster-dns on every server ` +
          'and agent), restart it, and make the pods there anew.'
        : `Give ${toldAt(view, locations)} back to the DNS Service: remove what holds it, and create kube-dns with ` +
          'that clusterIP.',
    },
  ],
  verify: ({ node }) => verifyRun('coredns', `short names resolve on ${node}`),
  parts: () => 'kubectl get services -A # whose ClusterIP is the nameserver in the pods’ /etc/resolv.conf',
};
