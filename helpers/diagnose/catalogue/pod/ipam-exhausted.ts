import type { CatalogueEntry, Match } from '../../entry.ts';
import { familyOf } from '../../../model/family.ts';
import { distinct, placeOf, say } from '../../evidence/support.ts';
import { EXHAUSTED } from '../../evidence/sandboxes.ts';
import { candidate, proved } from '../../match.ts';

/** Of a range, host-local gives away neither the network's address, nor the bridge's, nor the one for broadcasts. */
const NOT_FOR_PODS = 3;

/** So few are left between two pods that come and go. */
const NEARLY_NONE = 3;

/** As flannel and Canal call the pods' network. On a node with several, others have ranges of their own. */
const PODS_NETWORKS = ['cbr0', 'k8s-pod-network'];

/** How many IPv4 addresses a node's pods may have; undefined where Kubernetes gives the node no such range. */
function roomOf(podCidrs: readonly string[] = []): number | undefined {
  const range = podCidrs.find((each) => familyOf(each) === 'IPv4');
  const bits = Number(range?.split('/')[1]);
  return Number.isFinite(bits) ? 2 ** (32 - bits) - NOT_FOR_PODS : undefined;
}

/** How many addresses host-local holds for pods; undefined where it cannot be told which network is theirs. */
function heldOf(allocations: Record<string, number>): number | undefined {
  const names = Object.keys(allocations);
  const own = names.length === 1 ? names[0] : PODS_NETWORKS.find((name) => names.includes(name));
  return own === undefined ? undefined : allocations[own];
}

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
      const most = allocations && heldOf(allocations.value);
      const room = roomOf(view.cluster.nodes.get(node)?.value.podCidrs);
      if (most !== undefined && room !== undefined && most >= room - NEARLY_NONE)
        return [
          proved({
            at: { node },
            evidence: [say(`${most} pod addresses are held on ${node}, which has ${room}`, allocations?.id)],
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
