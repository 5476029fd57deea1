import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import type { NodeLink } from '../../../model/routing.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

const isUp = ({ flags = [] }: { flags?: string[] }): boolean => flags.some((flag) => flag.toLowerCase() === 'up');

/** Another device that has the port of a node's tunnel, while the tunnel is not up. */
function holderAt(view: View, node: string): NodeLink | undefined {
  const { links } = view.ssh(node);
  const { device, port } = view.overlay.on(node);
  if (!links || device === undefined || port === undefined) return undefined;
  if (links.value.some((link) => link.name === device && isUp(link))) return undefined;
  // A device of IPv6 has a socket of its own on the same port: a cluster of two families has both.
  return links.value.find(
    (link) => link.name !== device && link.vxlan?.port === port && !link.vxlan.local?.includes(':') && isUp(link),
  );
}

/**
 * Another VXLAN device has the UDP port of the node's tunnel, which therefore is not up. Devices of different VNIs
 * share a port in peace; what takes it whole is one that is run by metadata (`external`, as Cilium's is), or that
 * differs in options of its socket (drivers/net/vxlan: vxlan_sock_add).
 */
export const vxlanPortClash: CatalogueEntry = {
  code: 'vxlan-port-clash',
  title: (locations) => `another VXLAN device has the UDP port of the tunnel: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-link'],
  // That the tunnel is down is proved without SSH; which port the other device has is not to be seen without.
  asks: (view) =>
    view.nodes.flatMap((node) => {
      const { device } = view.overlay.on(node);
      const links = view.host(node).links?.value ?? [];
      const other = links.some((link) => link.kind === 'vxlan' && link.name !== device && isUp(link));
      if (!other || links.some((link) => link.name === device && isUp(link))) return [];
      return [
        { kind: 'ssh-facts' as const, node, sets: ['ip-link'], why: 'which device has the UDP port of the tunnel' },
      ];
    }),
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const holder = holderAt(view, node);
      const { failed } = overlayFailuresAt(view, node);
      if (!holder || failed.length === 0) return [];
      const { links } = view.ssh(node);
      const { device, port } = view.overlay.on(node);
      const isThere = links?.value.some(({ name }) => name === device);
      return [
        proved({
          at: { node },
          evidence: [
            say(`${holder.name} on ${node} has UDP ${port}; ${device} is ${isThere ? 'down' : 'not there'}`, links?.id),
          ],
          impact: [{ kind: 'overlay-node', node }],
          basis: failed,
        }),
      ];
    }),
  remedy: (view, locations) =>
    locations.flatMap(({ node = '' }) => {
      const holder = holderAt(view, node);
      return holder
        ? [
            {
              text:
                `If the plugin of ${holder.name} is no longer in charge: on ${node}, ip link delete ${holder.name}, ` +
                `then ${view.overlay.traits.restart}. Else give one of the two another port.`,
            },
          ]
        : [];
    }),
  shows: 'one device at the port',
  verify: ({ node }) => `ssh ${node} ip -d link show type vxlan`,
  parts: ({ node }) => `ssh ${node} ip -d link show type vxlan`,
};
