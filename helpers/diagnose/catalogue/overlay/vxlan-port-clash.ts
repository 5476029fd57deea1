import type { CatalogueEntry, Match } from '../../entry.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/** Two tunnel devices of a node want the same UDP port. */
export const vxlanPortClash: CatalogueEntry = {
  code: 'vxlan-port-clash',
  title: (locations) => `two VXLAN devices share one UDP port: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-link'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { links } = view.ssh(node);
      // A device of IPv6 has a socket of its own on the same port: a cluster of two families has both.
      const tunnels = (links?.value ?? []).filter(({ vxlan }) => vxlan && vxlan.local?.includes(':') !== true);
      const clash = tunnels.find((one) =>
        tunnels.some((other) => other !== one && other.vxlan?.port === one.vxlan?.port),
      );
      const { failed } = overlayFailuresAt(view, node);
      if (!clash || failed.length === 0) return [];
      const port = clash.vxlan?.port;
      return [
        proved({
          at: { node },
          evidence: [
            say(`${tunnels.map(({ name }) => name).join(' and ')} on ${node} both use UDP ${port}`, links?.id),
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
