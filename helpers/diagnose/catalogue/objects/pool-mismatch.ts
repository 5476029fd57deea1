import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = (): string => 'kubectl get ippools.crd.projectcalico.org -o yaml';

/** Proved by an acceptance alone: docs/migration.md. */
export const poolMismatch: CatalogueEntry = {
  code: 'pool-mismatch',
  title: (locations) =>
    [`another network runs than the one that was asked for`, placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'pool-mismatch'),
  remedy: () => [
    {
      text:
        'Set ipipMode and vxlanMode of the IPPool, or the backend, as it was asked for, and restart the ' +
        "network's agents.",
    },
  ],
  verify: look,
  parts: look,
};
