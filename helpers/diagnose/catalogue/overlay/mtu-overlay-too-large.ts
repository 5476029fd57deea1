import type { CatalogueEntry, Match } from '../../entry.ts';
import { largeOnly, mtusOf, VXLAN_OVERHEAD_BYTES } from '../../evidence/sizes.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

/** The overlay sends packets that do not fit the uplink once they are encapsulated. */
export const mtuOverlayTooLarge: CatalogueEntry = {
  code: 'mtu-overlay-too-large',
  title: (locations) => `the overlay's MTU is too large for the uplink: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    if (!view.cluster.overlay?.value.kind.includes('vxlan')) return [];
    const large = largeOnly(view);
    const bySize = view.nodes.flatMap((node): Match[] => {
      const mtus = mtusOf(view, node);
      if (!mtus || mtus.tunnel <= mtus.uplink - VXLAN_OVERHEAD_BYTES) return [];
      const failed = large.filter(({ pair }) => pair.from === node || pair.to === node).flatMap((each) => each.failed);
      return [
        {
          confidence: 'proved',
          location: { node },
          evidence: [
            say(
              `${view.tunnel} on ${node} has MTU ${mtus.tunnel}, its uplink ${mtus.uplinkName} has ` +
                `${mtus.uplink}: ${mtus.uplink - VXLAN_OVERHEAD_BYTES} would fit`,
              mtus.id,
            ),
            ...(failed.length > 0
              ? [say('small packets pass over the overlay and large ones do not', ...ids(failed).slice(0, 10))]
              : [say('large packets still pass, in fragments: whatever drops fragments turns this into an outage')]),
          ],
          impact: [{ kind: 'overlay-node', node, only: 'large' }],
          basis: ids(failed),
        },
      ];
    });
    const unseen = large
      .filter(
        ({ pair, failed, hostsFailed, fragmentsOnly }) =>
          failed.length > 0 &&
          hostsFailed.length === 0 &&
          !fragmentsOnly &&
          (!mtusOf(view, pair.from) || !mtusOf(view, pair.to)),
      )
      .map(({ pair: { from, to }, failed }): Match => ({
        confidence: 'candidate',
        location: { from, to },
        evidence: [say(`small packets pass from ${from} to ${to} over the overlay, large ones do not`, ...ids(failed))],
        impact: [{ kind: 'overlay', from, to, only: 'large' }],
        basis: ids(failed),
      }));
    return [...bySize, ...unseen];
  },
  remedy: {
    k3s:
      'Mend the uplink’s MTU first (flannel takes 50 bytes less than its interface has), restart K3s, then ' +
      'recreate the pods: running ones keep the old size.',
    hetzner: 'private networks carry 1450 bytes, so flannel.1 must have 1400.',
  },
  verify: ({ node, from }) => `ssh ${node ?? from} 'ip link show flannel.1; ip link'`,
  parts: ({ from }) => `ssh ${from} ip -d link # MTU of the uplink, of flannel.1 and of cni0`,
};
