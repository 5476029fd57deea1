import type { CatalogueEntry, Match } from '../../entry.ts';
import { lostBursts, readingsText } from '../../evidence/bursts.ts';
import { inSetting, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** A layer below the nodes that speaks VXLAN itself takes their VXLAN for its own. */
export const vxlanEatenByHypervisor: CatalogueEntry = {
  code: 'vxlan-eaten-by-hypervisor',
  title: (locations) =>
    `something below the nodes swallows VXLAN packets and lets the rest of the port pass: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    lostBursts(view)
      .filter(
        ({ lostOnTheWay, controlUdp, plain, burst }) =>
          plain !== 'lost' &&
          // Other bytes to the same port say more than any other port.
          (plain === 'arrives' || controlUdp !== 'fail') &&
          (lostOnTheWay || (plain === undefined && burst.outcome === 'blocked')),
      )
      .map((lost): Match =>
        provedIf(lost.lostOnTheWay && lost.plain === 'arrives', {
          at: { from: lost.pair.from, to: lost.pair.to },
          evidence: [
            say(readingsText(lost), lost.burst.id),
            lost.plain === 'arrives' &&
              say(`datagrams of the same port and size without a VXLAN header arrive at ${lost.pair.to}`, lost.plainId),
          ],
          impact: [{ kind: 'overlay', from: lost.pair.from, to: lost.pair.to }],
          basis: lost.basis,
        }),
      ),
  remedy: (view) => [
    {
      text:
        'Give the overlay a UDP port that the layer below does not watch' +
        `${inSetting(view.overlay.traits.settings.port)}, switch its VXLAN interception off, or use an overlay ` +
        'without VXLAN.',
    },
  ],
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ from, to }, { overlay }) =>
    `ssh ${to} tcpdump -nni any ${overlay.filter(from)} # while ${from} sends plain text to ${overlay.wire(from)} of ` +
    `${to}: it arrives only if just VXLAN is swallowed`,
};
