import type { CatalogueEntry } from '../../entry.ts';
import { acceptanceMatches, acceptanceRemedies } from '../../acceptance/matches.ts';
import { placeOf } from '../../evidence/support.ts';

const look = ({ node = 'NODE' }): string => `kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`;

/** Proved by an acceptance alone: docs/migration.md. */
export const podsOnFormerNetwork: CatalogueEntry = {
  code: 'pods-on-former-network',
  title: (locations) => ['pods are still on a former network', placeOf(locations)].filter(Boolean).join(': '),
  layer: 'objects',
  dependsOn: [],
  match: (view) => acceptanceMatches(view, 'pods-on-former-network'),
  remedy: (view) => acceptanceRemedies(view, 'pods-on-former-network'),
  verify: look,
  parts: look,
};
