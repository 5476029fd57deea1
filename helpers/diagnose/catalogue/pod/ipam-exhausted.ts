import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, placeOf, say } from '../../evidence/support.ts';
import { EXHAUSTED } from '../../evidence/sandboxes.ts';
import { candidate, proved } from '../../match.ts';

/** A /24 has 253 addresses for pods; by default a node runs at most 110 pods. */
const NEARLY_ALL = 250;

/** A node has no pod addresses left to give. */
export const ipamExhausted: CatalogueEntry = {
  code: 'ipam-exhausted',
  title: (locations) => `the node has no pod addresses left: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [],
  sets: ['cni-allocations'],
  match: (view) => {
    const told = view.facts.all('events').flatMap(({ value, id }) =>
      value.flatMap(({ node: at, message }): Match[] => {
        return at && EXHAUSTED.test(message)
          ? [
              proved({
                at: { node: at },
                evidence: [say(`Kubernetes reports for ${at}: ${message.slice(0, 200)}`, id)],
                impact: [],
                basis: [],
              }),
            ]
          : [];
      }),
    );
    const withPods = new Set(view.probes.flatMap(({ source }) => (source.network === 'pod' ? [source.node] : [])));
    // A probe on the host network and none in the pod network: the pod could not be made.
    const without = distinct(
      view.probes.flatMap(({ source }) =>
        source.network === 'host' && source.node && !withPods.has(source.node) ? [source.node] : [],
      ),
    );
    // Where somebody has said why no pod was made or started there, nothing is left to guess.
    const otherwise = new Set(
      [
        ...view.facts.all('no-probe').filter(({ value }) => value.network === 'pod'),
        ...told.map(({ location }) => location),
      ].map(({ node }) => node),
    );
    const held = view.nodes.flatMap((node): Match[] => {
      const { allocations } = view.ssh(node);
      const most = Math.max(0, ...Object.values(allocations?.value ?? {}));
      if (allocations && most >= NEARLY_ALL)
        return [
          proved({
            at: { node },
            evidence: [say(`${most} pod addresses are held on ${node}, which has 253`, allocations.id)],
            impact: [],
            basis: [],
          }),
        ];
      if (allocations || withPods.size === 0 || !without.includes(node) || otherwise.has(node)) return [];
      return [
        candidate({
          at: { node },
          evidence: [say(`no probe runs in the pod network of ${node}, though one runs on its host network`)],
          impact: [],
          basis: [],
        }),
      ];
    });
    return [...told, ...held];
  },
  remedy: () => [
    {
      text:
        'Stop K3s on the node (k3s-killall.sh), remove /var/lib/cni/networks/cbr0, start it again: leases of dead ' +
        'pods are still held there.',
    },
  ],
  shows: 'fewer leases than the range has addresses',
  verify: ({ node }) => `ssh ${node} 'ls /var/lib/cni/networks/cbr0 | wc -l'`,
  parts: ({ node }) => `ssh ${node} 'ls /var/lib/cni/networks/cbr0 | wc -l'`,
};
