import { FLANNEL_PUBLIC_IP } from '../../../model/overlay/flannel.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { flannelAnnouncesForeignAddress } from '../underlay/flannel-announces-foreign-address.ts';
import { flannelWrongInterface } from '../underlay/flannel-wrong-interface.ts';
import { proved } from '../../match.ts';

/** A node's tunnel sends from another address than the one its peers know. */
export const vxlanWrongSourceAddress: CatalogueEntry = {
  code: 'vxlan-wrong-source-address',
  title: (locations) => `the tunnel sends from an address that peers do not expect: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, flannelWrongInterface, flannelAnnouncesForeignAddress],
  sets: ['ip-link'],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const { links } = view.ssh(value.name);
      const local = links?.value.find(({ name }) => name === view.overlay.on(value.name).device)?.vxlan?.local;
      const { failed } = overlayFailuresAt(view, value.name);
      const announced = value.annotations[FLANNEL_PUBLIC_IP] ?? value.internalIp;
      if (!links || !local || local === announced || local === value.internalIp || failed.length === 0) return [];
      return [
        proved({
          at: { node: value.name },
          evidence: [
            say(
              `${view.overlay.device(value.name)} on ${value.name} sends from ${local}; its peers know ${announced}`,
              links.id,
              id,
            ),
          ],
          impact: [{ kind: 'overlay-node', node: value.name }],
          basis: failed,
        }),
      ];
    }),
  remedy: ({ overlay }, [at]) => [
    {
      text:
        'Set --flannel-iface together with --node-ip, restart K3s, and check `local` in ' +
        `\`ip -d link show ${overlay.device(at?.node)}\`.`,
    },
  ],
  shows: "the node's own address at local",
  verify: ({ node }, { overlay }) => `ssh ${node} ip -d link show ${overlay.device(node)}`,
  parts: ({ node }, { overlay }) => `ssh ${node} tcpdump -nni any ${overlay.filter(node)}`,
};
