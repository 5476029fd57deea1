import ipaddr from 'ipaddr.js';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { overlap } from '../../evidence/ranges.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** Two nodes have pod ranges that overlap, so that traffic for both goes to one of them. */
export const duplicatePodCidr: CatalogueEntry = {
  code: 'duplicate-pod-cidr',
  title: (locations) => `two nodes have the same pod range: ${placeOf(locations)}`,
  layer: 'objects',
  dependsOn: [],
  match: (view) => {
    const nodes = [...view.cluster.nodes.values()].toSorted((a, b) => a.value.name.localeCompare(b.value.name));
    return nodes.flatMap((one, index) =>
      nodes.slice(index + 1).flatMap((other): Match[] => {
        const pair = one.value.podCidrs.flatMap((range) =>
          other.value.podCidrs
            .filter((candidate) => overlap(range, candidate))
            .map((candidate) => [range, candidate] as const),
        )[0];
        if (!pair || !ipaddr.isValidCIDR(pair[0])) return [];
        const [a, b] = [one.value.name, other.value.name];
        return [
          proved({
            at: { from: a, to: b },
            evidence: [say(`${a} has the pod range ${pair[0]}, ${b} has ${pair[1]}`, one.id, other.id)],
            impact: [
              { kind: 'overlay-node', node: a },
              { kind: 'overlay-node', node: b },
              { kind: 'pods', node: a },
              { kind: 'pods', node: b },
            ],
            basis: [...overlayFailuresAt(view, a).failed, ...overlayFailuresAt(view, b).failed],
          }),
        ];
      }),
    );
  },
  remedy: () => [
    {
      text:
        'Delete one of the two nodes from the cluster and let it join again, so that it is given a range of its own; ' +
        'remove any fixed subnet from its CNI configuration.',
    },
  ],
  shows: 'each range once',
  verify: () => 'kubectl get nodes -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.podCIDRs}{"\\n"}{end}\'',
  parts: () => 'kubectl get nodes -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.podCIDRs}{"\\n"}{end}\'',
};
