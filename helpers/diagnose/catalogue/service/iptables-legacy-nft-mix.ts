import type { CatalogueEntry, Match } from '../../entry.ts';
import { translations } from '../../evidence/services.ts';
import { ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

/** A node has Service rules in both of iptables' backends, and one of them is old. */
export const iptablesLegacyNftMix: CatalogueEntry = {
  code: 'iptables-legacy-nft-mix',
  title: (locations) => `Service rules stand in both iptables backends: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'iptables-legacy-save'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const legacy = view.facts.one<string>('ssh/iptables-legacy-save', node);
      const old = (legacy?.value ?? '').match(/-A KUBE-/g)?.length ?? 0;
      const now = view.ssh(node).iptables?.value.match(/-A KUBE-/g)?.length ?? 0;
      const failed = networkFailures(translations(view).find((each) => each.node === node)?.probes ?? []);
      if (old === 0 || now === 0 || failed.length === 0) return [];
      return [
        {
          confidence: 'proved',
          location: { node },
          evidence: [
            say(
              `${node} has ${old} KUBE rules in the legacy tables beside ${now} in use`,
              legacy?.id,
              view.ssh(node).iptables?.id,
            ),
          ],
          impact: [{ kind: 'translation', node }],
          basis: ids(failed),
        },
      ];
    }),
  remedy: () => [
    {
      text:
        'Flush the backend that kube-proxy does not use (iptables-legacy -F and -X, in nat and filter) and use one ' +
        'iptables everywhere on the node; or reboot.',
    },
  ],
  verify: ({ node }) => `ssh ${node} 'iptables-legacy-save | grep -c KUBE-'`,
  parts: ({ node }) => `ssh ${node} 'iptables-legacy-save | grep -c KUBE-'`,
};
