import type { CatalogueEntry, Match } from '../../entry.ts';
import { largeOnly, mtusOf } from '../../evidence/sizes.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { candidate, proved } from '../../match.ts';

/** MTU of Hetzner Cloud's private networks (docs.hetzner.com, Networks FAQ). */
const HETZNER_MTU = 1450;

/** The overlay sends packets that do not fit the uplink once they are encapsulated. */
export const mtuOverlayTooLarge: CatalogueEntry = {
  code: 'mtu-overlay-too-large',
  title: (locations) => `the overlay's MTU is too large for the uplink: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const { overheadBytes } = view.overlay.traits;
    if (overheadBytes === 0) return [];
    const large = largeOnly(view);
    const bySize = view.nodes.flatMap((node): Match[] => {
      const mtus = mtusOf(view, node);
      if (!mtus || mtus.tunnel <= mtus.uplink - overheadBytes) return [];
      const failed = large.filter(({ pair }) => pair.from === node || pair.to === node).flatMap((each) => each.failed);
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${view.overlay.device(node)} on ${node} has MTU ${mtus.tunnel}, its uplink ${mtus.uplinkName} has ` +
                `${mtus.uplink}: ${mtus.uplink - overheadBytes} would fit`,
              mtus.id,
            ),
            ...(failed.length > 0
              ? [say('small packets pass over the overlay and large ones do not', ...ids(failed).slice(0, 10))]
              : [say('large packets still pass, in fragments: whatever drops fragments turns this into an outage')]),
          ],
          impact: [{ kind: 'overlay-node', node, only: 'large' }],
          basis: failed,
        }),
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
      .map(({ pair: { from, to }, failed }): Match =>
        candidate({
          at: { from, to },
          evidence: [
            say(`small packets pass from ${from} to ${to} over the overlay, large ones do not`, ...ids(failed)),
          ],
          impact: [{ kind: 'overlay', from, to, only: 'large' }],
          basis: failed,
        }),
      );
    return [...bySize, ...unseen];
  },
  remedy: ({ overlay }, [at]) => [
    {
      text:
        `Fix the uplink’s MTU first (${overlay.traits.label} takes ${overlay.traits.overheadBytes} bytes less than ` +
        `its interface has), ${overlay.traits.restart}, then ` +
        'recreate the pods: running ones keep the old size.',
    },
    {
      provider: 'hetzner',
      text:
        `private networks carry ${HETZNER_MTU} bytes, so ${overlay.device(at?.node)} must have ` +
        `${HETZNER_MTU - overlay.traits.overheadBytes}.`,
    },
  ],
  shows: "an mtu of the tunnel device that is smaller than the uplink's by what the tunnel adds",
  verify: ({ node, from }, { overlay }) =>
    `ssh ${node ?? from} 'ip link show ${overlay.device(node ?? from)}; ip link'`,
  parts: ({ from }, { overlay }) =>
    `ssh ${from} ip -d link # MTU of the uplink, of ${overlay.device(from)} and of ${overlay.bridge}`,
};
