import type { CatalogueEntry, Match } from '../entry.ts';
import { placeOf, say } from './support.ts';

const EXHAUSTED = /no IP addresses available in range set|failed to allocate for range/;

interface EventFact {
  node?: string;
  message?: string;
  source?: string;
}

/** A node has no pod addresses left to give. */
export const ipamExhausted: CatalogueEntry = {
  code: 'ipam-exhausted',
  title: (locations) => `the node has no pod addresses left: ${placeOf(locations)}`,
  layer: 'pod',
  severity: 'major',
  dependsOn: [],
  needs: ['events of pods that could not be made'],
  match: (view) =>
    view.facts.all<EventFact | EventFact[]>('event').flatMap(({ value, id, node }) =>
      [value].flat().flatMap((event): Match[] => {
        const at = event.node ?? node;
        return at && EXHAUSTED.test(event.message ?? '') ? [{ confidence: 'proved', location: { node: at }, evidence: [say(`Kubernetes reports for ${at}: ${(event.message ?? '').slice(0, 200)}`, id)], impact: [], basis: [] }] : [];
      }),
    ),
  remedy: { k3s: 'Stop K3s on the node (k3s-killall.sh), remove /var/lib/cni/networks/cbr0, start it again: leases of dead pods are still held there.' },
  verify: ({ node }) => `ssh ${node} 'ls /var/lib/cni/networks/cbr0 | wc -l'`,
  parts: ({ node }) => `ssh ${node} 'ls /var/lib/cni/networks/cbr0 | wc -l'`,
};
