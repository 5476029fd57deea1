import type { CatalogueEntry, Match } from '../../entry.ts';
import { inRange, isGateway } from '../../evidence/ranges.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** Devices that network plug-ins make, which may have an address out of the pods' ranges: Calico's WireGuard has. */
const PLUGINS_OWN = new RegExp(
  '^(?:cni|cali|veth|flannel|tunl|vxlan|cilium|lxc|genev|ovn|antrea|weave|docker|kube|lo$|' +
    String.raw`wireguard\.cali$|wg-v6\.cali$|bpfin\.cali$|azure|egress\.vxlan$)`,
);

/** An address that nodes need lies in a pod or Service range, so that its traffic goes to pods or nowhere. */
export const podRangeOverlapsHostNetwork: CatalogueEntry = {
  code: 'pod-range-overlaps-host-network',
  title: (locations) => `a pod range covers addresses of the nodes' own network: ${placeOf(locations)}`,
  layer: 'objects',
  dependsOn: [],
  match: (view) => {
    const ranges = [...view.cluster.nodes.values()].flatMap(({ value, id }) =>
      value.podCidrs.map((range) => ({ range, owner: value.name, id })),
    );
    const isOverlay = (node: string, name: string) => name === view.overlay.on(node).device || PLUGINS_OWN.test(name);
    return view.nodes.flatMap((node): Match[] => {
      const host = view.host(node);
      const info = view.cluster.nodes.get(node);
      const addresses = [
        ...(info ? [{ what: 'its address', address: info.value.internalIp, id: info.id }] : []),
        ...(host.resolv?.value.nameservers ?? []).map((address) => ({
          what: 'its resolver',
          address,
          id: host.resolv?.id,
        })),
        ...(host.links?.value ?? [])
          .filter(({ name, kind, master }) => !isOverlay(node, name) && kind !== 'bridge' && !master)
          .flatMap(({ name, addresses: own }) =>
            own
              .map((address) => address.split('/')[0] as string)
              // Its pods' gateway: the plugin ptp puts it onto each pod's cable, others onto a device of their own.
              .filter((address) => !info?.value.podCidrs.some((range) => isGateway(address, range)))
              .map((address) => ({ what: `an address of ${name}`, address, id: host.links?.id })),
          ),
      ];
      return addresses.flatMap(({ what, address, id }): Match[] => {
        const covered = ranges.find(({ range }) => inRange(address, range));
        return covered
          ? [
              proved({
                at: { node },
                evidence: [
                  say(
                    `${what} ${address} on ${node} lies in the pod range ${covered.range} of ${covered.owner}`,
                    id,
                    covered.id,
                  ),
                ],
                impact: [{ kind: 'node', node }, ...(what === 'its resolver' ? [{ kind: 'external' as const }] : [])],
                basis: [],
              }),
            ]
          : [];
      });
    });
  },
  remedy: () => [
    {
      text:
        'Rebuild the cluster with --cluster-cidr and --service-cidr that nothing else uses, or move the resolver or ' +
        'the address out of the pod range.',
    },
  ],
  shows: 'no route within the pod range but those of the pod network',
  verify: ({ node }) => `ssh ${node} ip route show table all`,
  parts: ({ node }) => `ssh ${node} ip route show table all`,
};
