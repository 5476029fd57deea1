import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches, acceptanceRemedies } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = (): string => 'kubectl get ippools.crd.projectcalico.org -o yaml';

/** Proved by an acceptance alone: docs/migration.md. */
export const poolMismatch: CatalogueEntry = {
  code: 'pool-mismatch',
  title: (locations) =>
    ['the network is not set up as it was asked for', placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'pool-mismatch'),
  remedy: (view) => acceptanceRemedies(view, 'pool-mismatch'),
  verify: look,
  parts: look,
};
