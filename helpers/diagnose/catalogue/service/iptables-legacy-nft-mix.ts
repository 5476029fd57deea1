import type { Ruleset } from '../../../model/firewall.ts';
import type { ServiceInfo } from '../../../model/topology.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { translations } from '../../evidence/services.ts';
import { ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { translatedTo } from '../../firewall/translation.ts';
import { qualified } from '../../view/cluster.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/**
 * Endpoints that are no more, to which the legacy tables still translate a Service, and the tables in use do not. Rules
 * of kubelet's and others' that translate nothing stand there on many sound nodes (KUBE-KUBELET-CANARY, KUBE-FIREWALL).
 */
function goneEndpoints(service: ServiceInfo, legacy: Ruleset, inUse: Ruleset): string[] {
  const known = [...service.endpoints.map(({ ip }) => ip), ...translatedTo(inUse, service.clusterIp)];
  return translatedTo(legacy, service.clusterIp).filter((ip) => !known.includes(ip));
}

/** A node has Service rules in both of iptables' backends, and one of them is old. */
export const iptablesLegacyNftMix: CatalogueEntry = {
  code: 'iptables-legacy-nft-mix',
  title: (locations) => `Service rules stand in both iptables backends: ${placeOf(locations)}`,
  layer: 'service',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'iptables-legacy-save'],
  match: (view) =>
    translations(view).flatMap(({ node, probes }): Match[] => {
      const { iptables, iptablesLegacy } = view.ssh(node);
      if (!iptables || !iptablesLegacy) return [];
      const stale = view.cluster.services.flatMap((service) => {
        const failed = networkFailures(probes.filter((probe) => view.path(probe).service === qualified(service)));
        const gone = failed.length > 0 ? goneEndpoints(service.value, iptablesLegacy.value, iptables.value) : [];
        return gone.length > 0 ? [{ name: qualified(service), gone, failed, id: service.id }] : [];
      });
      if (stale.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: stale.map(({ name, gone, failed, id }) =>
            say(
              `the legacy tables of ${node} still translate ${name} to ${gone.join(', ')}, no endpoint of it; it ` +
                'fails there',
              iptablesLegacy.id,
              id,
              ...ids(failed).slice(0, 10),
            ),
          ),
          impact: [{ kind: 'translation', node }],
          basis: stale.flatMap(({ failed }) => failed),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Flush the backend that kube-proxy does not use: for table in nat filter; do iptables-legacy -t $table -F; ' +
        'iptables-legacy -t $table -X; done; and use one iptables everywhere on the node; or reboot.',
    },
  ],
  shows: '0',
  verify: ({ node }) => `ssh ${node} 'iptables-legacy-save | grep -c KUBE-'`,
  parts: ({ node }) => `ssh ${node} 'iptables-legacy-save | grep -c KUBE-'`,
};
