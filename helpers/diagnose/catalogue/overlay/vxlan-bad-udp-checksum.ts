import type { CatalogueEntry, Match } from '../../entry.ts';
import {
  distinct,
  ids,
  listed,
  networkFailures,
  overlayFailures,
  placeOf,
  say,
  verifyRun,
} from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { CLOSED_SHARE, COUNTED_SHARE } from '../../../model/thresholds.ts';
import { proved } from '../../match.ts';

/** Fewer than this in a run may be others' stray bad packets. */
const LEAST_RISE = 10;

/** VXLAN's outer UDP checksum is wrong when it arrives, so the receiver drops it. */
export const vxlanBadUdpChecksum: CatalogueEntry = {
  code: 'vxlan-bad-udp-checksum',
  title: (locations) => `VXLAN arrives with a wrong UDP checksum and is dropped: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    [...view.pairs.values()].flatMap((pair): Match[] => {
      const { from, to } = pair;
      const basis = ids(overlayFailures(view, from, to));
      const impact = [{ kind: 'overlay' as const, from, to }];
      const counted = pair.bursts.find(
        ({ readings }) =>
          readings.sent > 0 &&
          (readings.receiverUdp['InCsumErrors'] ?? 0) >= readings.sent * COUNTED_SHARE &&
          (readings.tunnelRx ?? 0) < readings.sent * CLOSED_SHARE,
      );
      if (counted) {
        const { readings, id } = counted;
        const controls = networkFailures(pair.of('control-udp'));
        return [
          proved({
            at: { from, to },
            evidence: [
              say(
                `of ${readings.sent} VXLAN datagrams from ${from}, ${to} counted ` +
                  `${readings.receiverUdp['InCsumErrors']} as UdpInCsumErrors and none came out of the tunnel ` +
                  'device',
                id,
              ),
            ],
            impact: [...impact, { kind: 'probes', ids: ids(controls) }],
            basis: [id, ...basis],
          }),
        ];
      }
      // A checksum that only the kernel's own tunnel gets wrong: datagrams of a program pass, the tunnel's are counted
      // as bad.
      const rise = view.host(to).rise('snmp', 'Udp', 'InCsumErrors');
      const echoes = networkFailures(pair.of('tunnel-echo'));
      const open = pair.bursts.find(({ outcome }) => outcome === 'open');
      if (!rise || rise.value < LEAST_RISE || echoes.length === 0 || !open) return [];
      return [
        proved({
          at: { from, to },
          evidence: [
            say(`${to} counted ${rise.value} UdpInCsumErrors in the run`, rise.id),
            say(
              `a program's datagrams from ${from} to the same port pass, what the tunnel device sends does not`,
              open.id,
              ...ids(echoes),
            ),
          ],
          impact,
          basis: [...echoes, ...basis],
        }),
      ];
    }),
  remedy: ({ overlay }, locations) => [
    {
      text:
        `On ${listed(distinct(locations.flatMap(({ from }) => from ?? [])))}, which send them: ethtool -K ` +
        `${overlay.device(locations[0]?.from)} tx-checksum-ip-generic off, ` +
        'kept by a udev rule over reboots; or ' +
        'a kernel without the fault.',
    },
    {
      provider: 'hetzner',
      text: 'servers there have virtio cards, where this is known: the same command on every node.',
    },
  ],
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ to }) => `ssh ${to} nstat -az UdpInCsumErrors`,
};
