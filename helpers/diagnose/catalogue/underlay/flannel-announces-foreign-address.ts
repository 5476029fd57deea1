import { FLANNEL_PUBLIC_IP } from '../../../model/overlay/flannel.ts';
import type { NodeInfo } from '../../../model/topology.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** Set by hand, or by K3s for --flannel-external-ip; flannel announces it in place of its own address. */
const OVERWRITE = 'flannel.alpha.coreos.com/public-ip-overwrite';
const K3S_IP = 'k3s.io/internal-ip';

/** Why flannel announces an address, as far as the node's annotations say. */
function becauseOf({ annotations, internalIp }: NodeInfo): string {
  const overwrite = annotations[OVERWRITE];
  if (overwrite !== undefined && overwrite === annotations[FLANNEL_PUBLIC_IP])
    return `because of the annotation ${OVERWRITE}; the nodes know it as ${internalIp}`;
  const k3s = annotations[K3S_IP];
  return `the nodes know it as ${internalIp}${k3s !== undefined && k3s !== internalIp ? `, K3s as ${k3s}` : ''}`;
}

/** flannel announces an address for a node that the node does not have, and at which nobody answers its peers. */
export const flannelAnnouncesForeignAddress: CatalogueEntry = {
  code: 'flannel-announces-foreign-address',
  title: (locations) => `flannel announces an address that the node does not have: ${placeOf(locations)}`,
  layer: 'underlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const announced = value.annotations[FLANNEL_PUBLIC_IP];
      const { links } = view.host(value.name);
      const { failed } = overlayFailuresAt(view, value.name);
      if (!announced || !links || failed.length === 0) return [];
      const own = links.value.flatMap(({ name, addresses }) =>
        addresses.map((address) => ({ name, address: address.split('/')[0] ?? '' })),
      );
      if (own.some(({ address }) => address === announced)) return [];
      const pairs = [...view.pairs.values()].filter(({ to }) => to === value.name);
      // Where the address is translated to the node's on the way, as by a provider's 1:1 NAT, it answers.
      const controls = pairs.flatMap((pair) => [...pair.of('control-udp'), ...pair.of('control-tcp')]);
      if (controls.some(({ verdict }) => verdict === 'pass')) return [];
      const open = pairs.flatMap((pair) => pair.internalBursts).find(({ outcome }) => outcome === 'open');
      const uplink = own.find(({ address }) => address === value.internalIp);
      return [
        provedIf(open, {
          at: { node: value.name },
          evidence: [
            say(`flannel announces ${announced} for ${value.name}, ${becauseOf(value)}`, id),
            say(
              `no device of ${value.name} has ${announced}` +
                (uplink ? `; its ${uplink.name} has ${uplink.address}` : `, nor ${value.internalIp}`),
              links.id,
            ),
            controls.length > 0 && say(`${announced} answers no other node`, ...ids(controls).slice(0, 10)),
            open && say(`VXLAN datagrams to ${value.internalIp} come out of its tunnel device`, open.id),
          ],
          impact: [
            { kind: 'overlay-node', node: value.name },
            {
              kind: 'probes',
              ids: pairs.flatMap(({ probes }) =>
                ids(probes.filter(({ destination, verdict }) => destination.ip === announced && verdict === 'fail')),
              ),
            },
          ],
          basis: failed,
        }),
      ];
    }),
  remedy: (view, locations) => {
    const overwritten = locations.flatMap(({ node = '' }) =>
      view.cluster.nodes.get(node)?.value.annotations[OVERWRITE] ? [node] : [],
    );
    return [
      {
        text:
          overwritten.length > 0
            ? `Remove the annotation: kubectl annotate node ${overwritten.join(' ')} ${OVERWRITE}-; and K3s’ ` +
              '--flannel-external-ip where it is set; then restart K3s (or flannel) on the node.'
            : 'Restart K3s (or flannel) on the node, so that it announces the address that the node has now; give it ' +
              'a fixed one, or --node-ip and --flannel-iface.',
      },
    ];
  },
  shows: "the node's address in the network that joins the nodes",
  verify: ({ node }) =>
    `kubectl get node ${node} -o jsonpath='{.metadata.annotations.flannel\\.alpha\\.coreos\\.com/public-ip}'`,
  parts: ({ node }) =>
    `kubectl get node ${node} -o yaml | grep -e public-ip -e internal-ip; ssh ${node} ip -br address`,
};
