import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, placeOf, say, verifyRun, waysText } from '../../evidence/support.ts';
import { lostWrapped, wrappedText } from '../../evidence/wrapped.ts';
import { provedIf } from '../../match.ts';
import { calicoWrongNodeAddress } from './calico-wrong-node-address.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

/** Something between two nodes drops the IP protocol in which the overlay wraps packets, which has no ports. */
export const ipProtocolFilteredInPath: CatalogueEntry = {
  code: 'ip-protocol-filtered-in-path',
  title: (locations, view) =>
    `the path drops ${view.overlay.wire(locations[0]?.from)}, in which the overlay wraps packets: ` +
    placeOf(locations),
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  yieldsTo: [calicoWrongNodeAddress],
  match: (view) =>
    lostWrapped(view)
      .filter(
        ({ pair, way, controlUdp, controlTcp }) =>
          view.overlay.traits.wire(view.overlay.on(pair.from)).protocol === 'ip' &&
          way !== 'elsewhere' &&
          controlUdp !== 'fail' &&
          controlTcp !== 'fail',
      )
      .map((lost): Match => {
        const { pair, burst, left, way, peer, routesId, controlUdp, controlTcp, basis } = lost;
        const { from, to } = pair;
        return provedIf(left && way === 'peer' && controlUdp === 'pass' && controlTcp === 'pass', {
          at: { from, to },
          evidence: [
            say(wrappedText(lost, view.overlay.wire(from)), burst.id),
            way === 'peer' && say(`${from} leads ${burst.ip} by its tunnel device to ${peer}`, routesId),
            controlUdp === 'pass' &&
              say(
                `UDP and TCP from ${from} to the same address of ${to} are answered`,
                ...ids(pair.of('control-udp')),
                ...ids(pair.of('control-tcp')),
              ),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis,
        });
      }),
  remedy: (view, locations) => {
    const wire = view.overlay.wire(locations[0]?.from);
    return [
      {
        text:
          `Allow ${wire} ${waysText(view, locations)} in every firewall and router between them, which rules for TCP ` +
          'and UDP do not; or give the overlay a wrapping that passes: vxlanMode Always in place of ipipMode in ' +
          'Calico’s IPPool.',
      },
      {
        provider: 'hetzner',
        text:
          `a Cloud Firewall knows TCP, UDP, ICMP, GRE and ESP, so that nothing in it can let ${wire} in: give ` +
          'the nodes the addresses of a private network, which it does not guard (IP_AUTODETECTION_METHOD of ' +
          'calico-node), or use VXLAN.',
      },
    ];
  },
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ from, to }, { overlay }) =>
    `ssh ${to} tcpdump -nni any ${overlay.filter(from)} # while a pod on ${from} pings one on ${to}: silence here, ` +
    `and packets in the same on ${from}, say that the path drops it`,
};
