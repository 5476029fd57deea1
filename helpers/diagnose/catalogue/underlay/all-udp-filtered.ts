import type { CatalogueEntry, Match } from '../../entry.ts';
import { lostBursts, readingsText } from '../../evidence/bursts.ts';
import { ids, placeOf, say, verifyRun, waysText } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** TCP passes between two nodes, UDP does not on any port that was tried. */
export const allUdpFiltered: CatalogueEntry = {
  code: 'all-udp-filtered',
  title: (locations) => `the path drops UDP whatever its port: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) =>
    lostBursts(view)
      .filter(
        ({ controlUdp, controlTcp, lostOnTheWay, plain, burst }) =>
          plain !== 'arrives' &&
          controlUdp === 'fail' &&
          controlTcp !== 'fail' &&
          (lostOnTheWay || burst.outcome === 'all-udp-blocked'),
      )
      .map((lost): Match => {
        const { pair, burst, basis, controlTcp, responderAlive, lostOnTheWay } = lost;
        const udp = pair.of('control-udp');
        // Any answer over UDP between the two hosts says that not all of it is dropped.
        const echoes = [...pair.probes, ...(view.pair(pair.to, pair.from)?.probes ?? [])].filter(
          (probe) =>
            probe.pathClass === 'host-host' &&
            probe.asked.protocol === 'udp' &&
            probe.role !== 'burst' &&
            probe.source.node === pair.from &&
            probe.verdict !== 'inconclusive',
        );
        const silent = echoes.length > 1 && echoes.every(({ succeeded }) => succeeded === 0);
        return provedIf(lostOnTheWay && controlTcp === 'pass' && responderAlive && silent && !view.losesAPart, {
          at: { from: pair.from, to: pair.to },
          evidence: [
            say(readingsText(lost), burst.id),
            say(
              `an echo over UDP ${udp[0]?.destination.port ?? ''} from ${pair.from} to ${pair.to} gets no answer ` +
                'either',
              ...ids(udp),
            ),
            controlTcp === 'pass' &&
              say(`TCP from ${pair.from} to ${pair.to} connects`, ...ids(pair.of('control-tcp'))),
          ],
          impact: [
            { kind: 'overlay', from: pair.from, to: pair.to },
            {
              kind: 'probes',
              ids: view.failing
                .filter(
                  ({ asked, source, destination }) =>
                    asked.protocol === 'udp' &&
                    ((source.node === pair.from && destination.node === pair.to) ||
                      (source.node === pair.to && destination.node === pair.from)),
                )
                .map(({ id }) => id),
            },
          ],
          basis: [...basis, ...udp],
        });
      }),
  remedy: (view, locations) => [
    {
      text:
        `Allow UDP ${waysText(view, locations)} in every firewall between them: at least the overlay, ` +
        `${view.overlay.wire(locations[0]?.from)}.`,
    },
    {
      provider: 'hetzner',
      text: `a Cloud Firewall that lists TCP ports alone does just this: add ${view.overlay.wire(locations[0]?.from)}.`,
    },
  ],
  verify: ({ from, to }) => verifyRun('overlay', `UDP from ${from} arrives at ${to}`),
  parts: ({ to }) =>
    `ssh ${to} tcpdump -nni any udp # while the suite overlay runs: silence is a filter in the path, packets are a ` +
    `firewall on ${to}`,
};
