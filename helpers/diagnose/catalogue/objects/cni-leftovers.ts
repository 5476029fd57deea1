import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = ({ node = 'NODE' }): string =>
  `ssh ${node} 'ls /etc/cni/net.d; ip route; iptables-save; iptables-legacy-save; nft list ruleset'`;

/** Proved by an acceptance alone: docs/migration.md. */
export const cniLeftovers: CatalogueEntry = {
  code: 'cni-leftovers',
  title: (locations) => [`what a former network left acts on packets`, placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'cni-leftovers'),
  remedy: () => [
    {
      text:
        "Remove its files from the runtime's folder, its devices (ip link delete) and its chains in both " +
        'backends of iptables, or restart the node.',
    },
  ],
  verify: look,
  parts: look,
};
