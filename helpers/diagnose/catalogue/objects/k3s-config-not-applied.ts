import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = ({ node = 'NODE' }): string =>
  `kubectl get node ${node} -o jsonpath='{.metadata.annotations.k3s\\.io/node-args}'`;

/** Proved by an acceptance alone: docs/migration.md. */
export const k3sConfigNotApplied: CatalogueEntry = {
  code: 'k3s-config-not-applied',
  title: (locations) =>
    [`K3s does not run with the settings that the network needs`, placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'k3s-config-not-applied'),
  remedy: () => [
    {
      text:
        'Set flannel-backend: none and disable-network-policy: true in /etc/rancher/k3s/config.yaml of ' +
        'every server where another network runs, and restart K3s there, one server at a time.',
    },
  ],
  verify: look,
  parts: look,
};
