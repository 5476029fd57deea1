import type { CatalogueEntry, Match } from '../../entry.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import type { NodeLink } from '../../../model/routing.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/**
 * Another VXLAN device has the UDP port of the node's tunnel, which therefore is not up. Devices of different VNIs share
 * a port in peace; what takes it whole is one that is run by metadata (`external`, as Cilium's is), or that differs in
 * options of its socket (drivers/net/vxlan: vxlan_sock_add).
 */
export const vxlanPortClash: CatalogueEntry = {
  code: 'vxlan-port-clash',
  title: (locations) => `another VXLAN device has the UDP port of the tunnel: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-link'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { links } = view.ssh(node);
      const { device, port } = view.overlay.on(node);
      const { failed } = overlayFailuresAt(view, node);
      if (!links || device === undefined || port === undefined || failed.length === 0) return [];
      const isUp = ({ flags }: NodeLink): boolean => flags.includes('UP');
      const own = links.value.find(({ name }) => name === device);
      // A device of IPv6 has a socket of its own on the same port: a cluster of two families has both.
      const holder = links.value.find(
        (link) => link.name !== device && link.vxlan?.port === port && !link.vxlan.local?.includes(':') && isUp(link),
      );
      if (!holder || (own && isUp(own))) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(`${holder.name} on ${node} has UDP ${port}; ${device} is ${own ? 'down' : 'not there'}`, links.id),
          ],
          impact: [{ kind: 'overlay-node', node }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    { text: 'Delete the device of the plugin that is no longer in charge (ip link delete), then restart the agent.' },
  ],
  shows: 'one device at the port',
  verify: ({ node }) => `ssh ${node} ip -d link show type vxlan`,
  parts: ({ node }) => `ssh ${node} ip -d link show type vxlan`,
};
