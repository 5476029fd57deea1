import { isVxlan } from '../../../model/overlay.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { vxlanPortClash } from './vxlan-port-clash.ts';
import { COUNTED_SHARE } from '../../../model/thresholds.ts';
import { proved } from '../../match.ts';

/** A node has no tunnel device that takes the overlay's port: none at all, one that is down, or one on another port. */
export const vxlanModuleMissing: CatalogueEntry = {
  code: 'vxlan-module-missing',
  title: (locations) => `the node has no working tunnel device: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  // A device that does not get its port stays down.
  yieldsTo: [vxlanPortClash],
  match: (view) => {
    if (!isVxlan(view.cluster.overlay?.value)) return [];
    return view.nodes.flatMap((node): Match[] => {
      const { failed } = overlayFailuresAt(view, node);
      if (failed.length === 0) return [];
      const host = view.host(node);
      const device = host.link(view.overlay.on(node).device);
      const common = { at: { node }, impact: [{ kind: 'overlay-node' as const, node }], basis: failed };
      if (host.links && !device)
        return [
          proved({ ...common, evidence: [say(`${node} has no device ${view.overlay.device(node)}`, host.links.id)] }),
        ];
      if (device?.flags && !device.flags.includes('up'))
        return [
          proved({ ...common, evidence: [say(`${view.overlay.device(node)} on ${node} is down`, host.links?.id)] }),
        ];
      // Nodes that send to another port than most are odd themselves: nobody has to listen there.
      const { port } = view.overlay.on();
      if (view.overlay.on(node).port !== port) return [];
      const unheard = [...view.pairs.values()]
        .filter(({ to }) => to === node)
        .flatMap(({ bursts }) =>
          bursts.filter(
            ({ readings, port: asked }) =>
              asked === port &&
              readings.sent > 0 &&
              (readings.receiverUdp['NoPorts'] ?? 0) >= readings.sent * COUNTED_SHARE,
          ),
        );
      if (unheard.length === 0) return [];
      return [
        proved({
          ...common,
          evidence: [
            say(
              `${node} counted ${unheard[0]?.readings.receiverUdp['NoPorts']} of ${unheard[0]?.readings.sent} ` +
                'VXLAN datagrams as sent to a port where nobody listens (UdpNoPorts)',
              ...distinct(unheard.map(({ id }) => id)),
            ),
          ],
          basis: [...failed, ...unheard],
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Restart K3s (flannel) on the node; if the device does not come, install the kernel’s vxlan module ' +
        '(linux-modules-extra-* or kernel-modules-extra) and look into the agent’s journal.',
    },
  ],
  shows: 'the device with its vxlan id',
  verify: ({ node }, { overlay }) => `ssh ${node} ip -d link show ${overlay.device(node)}`,
  parts: ({ node }) => `ssh ${node} ip -d link show type vxlan`,
};
