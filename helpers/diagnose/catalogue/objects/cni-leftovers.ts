import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches, acceptanceRemedies } from '../../acceptance/matches.ts';
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
  remedy: (view) => acceptanceRemedies(view, 'cni-leftovers'),
  verify: look,
  parts: look,
};
