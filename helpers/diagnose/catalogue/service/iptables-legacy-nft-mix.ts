import type { Ruleset } from '../../../model/firewall.ts';
import type { Seen } from '../../view/facts.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { translations } from '../../evidence/services.ts';
import { networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/** How many rules stand in chains of kube-proxy and the kubelet. */
const rulesOfServices = (ruleset: Seen<Ruleset> | undefined): number =>
  ruleset?.value.rules.filter(({ chain }) => chain.startsWith('KUBE-')).length ?? 0;

/** A node has Service rules in both of iptables' backends, and one of them is old. */
export const iptablesLegacyNftMix: CatalogueEntry = {
  code: 'iptables-legacy-nft-mix',
  title: (locations) => `Service rules stand in both iptables backends: ${placeOf(locations)}`,
  layer: 'service',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'iptables-legacy-save'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { iptables, iptablesLegacy } = view.ssh(node);
      const [old, now] = [rulesOfServices(iptablesLegacy), rulesOfServices(iptables)];
      const failed = networkFailures(translations(view).find((each) => each.node === node)?.probes ?? []);
      if (old === 0 || now === 0 || failed.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${node} has ${old} KUBE rules in the legacy tables beside ${now} in use`,
              iptablesLegacy?.id,
              iptables?.id,
            ),
          ],
          impact: [{ kind: 'translation', node }],
          basis: failed,
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
