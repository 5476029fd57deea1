import type { CatalogueEntry, Match } from '../../entry.ts';
import { lostBursts, readingsText } from '../../evidence/bursts.ts';
import { lineInto } from '../../evidence/outer-walk.ts';
import { flowsToRead, unheardFlows } from '../../evidence/unheard-flows.ts';
import { ids, inSetting, placeOf, say, verifyRun, waysText } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { candidate, provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

/**
 * By the nodes' tables of connections, where nobody could count a burst. All UDP may be dropped, or the receiver's own
 * firewall do it in a way that is not read: it is never proved.
 */
const unheard = (view: View): Match[] =>
  unheardFlows(view)
    .filter(({ from, to, port }) => !lineInto(view, from, to, port))
    .map(({ from, to, text, ids: cited, failures }) =>
      candidate({
        at: { from, to },
        evidence: [say(text, ...cited)],
        impact: [{ kind: 'overlay', from, to }],
        basis: failures,
      }),
    );

/** Something between two nodes drops the UDP port that VXLAN uses, whatever the datagrams hold. */
export const vxlanPortFilteredInPath: CatalogueEntry = {
  code: 'vxlan-port-filtered-in-path',
  title: (locations, view) => {
    const { port } = view.overlay.on(locations[0]?.from);
    const what = port === undefined ? '' : `${view.overlay.wire(locations[0]?.from)}, `;
    return `the path drops ${what}the overlay's port: ${placeOf(locations)}`;
  },
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => [
    ...unheard(view),
    ...lostBursts(view)
      .filter(
        ({ lostOnTheWay, controlUdp, plain, burst }) =>
          plain !== 'arrives' && controlUdp !== 'fail' && (lostOnTheWay || burst.outcome === 'blocked'),
      )
      .map((lost): Match => {
        const { pair, burst, lostOnTheWay, plain, plainId, controlUdp, basis } = lost;
        const control = pair.of('control-udp');
        const proved = lostOnTheWay && plain === 'lost' && controlUdp === 'pass';
        return provedIf(proved, {
          at: { from: pair.from, to: pair.to },
          evidence: [
            say(readingsText(lost), burst.id),
            plain === 'lost' &&
              say(
                `datagrams of the same port without a VXLAN header are lost between ${pair.from} and ` +
                  `${pair.to} as well`,
                plainId,
              ),
            controlUdp === 'pass' &&
              say(`another UDP port from ${pair.from} to ${pair.to} is answered`, ...ids(control)),
          ],
          impact: [{ kind: 'overlay', from: pair.from, to: pair.to }],
          basis,
        });
      }),
  ],
  asks: flowsToRead,
  remedy: (view, locations) => {
    const { overlay } = view;
    const wire = overlay.wire(locations[0]?.from);
    return [
      {
        text:
          `Allow ${wire} ${waysText(view, locations)} in every firewall and router between them; or give the overlay ` +
          `another port${inSetting(overlay.traits.settings.port)}, or use one without it.`,
      },
      {
        provider: 'hetzner',
        text:
          `add an inbound rule for ${wire} from the nodes only where a Cloud Firewall guards the ` +
          'addresses that the overlay uses, or put it on the private network' +
          `${inSetting(overlay.traits.settings.address)}.`,
      },
    ];
  },
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ from, to }, { overlay }) =>
    `ssh ${to} tcpdump -nni any ${overlay.filter(from)} # while a pod on ${from} pings one on ${to}: silence here, ` +
    'and packets for other bytes on the port, tell who swallows them',
};
