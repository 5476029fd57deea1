import type { CatalogueEntry, Match } from '../../entry.ts';
import { largeOnly } from '../../evidence/sizes.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { pmtuBlackhole } from './pmtu-blackhole.ts';
import { provedIf } from '../../match.ts';

/** Packets pass whole, and do not when they were cut into fragments. */
export const fragmentsDroppedInPath: CatalogueEntry = {
  code: 'fragments-dropped-in-path',
  title: (locations) => `fragments of packets are dropped: ${placeOf(locations)}`,
  layer: 'underlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  // A path that takes only smaller packets drops the first fragment, which fills a packet, as well.
  yieldsTo: [pmtuBlackhole],
  match: (view) =>
    largeOnly(view)
      .filter(
        ({ fragmentsOnly, pair, failed, hostsFailed }) =>
          fragmentsOnly &&
          [...failed, ...hostsFailed].every(({ pathClass }) =>
            pair.of('udp-full', pathClass).some(({ verdict }) => verdict === 'pass'),
          ),
      )
      .map(({ pair: { from, to }, failed, hostsFailed }): Match => {
        const all = [...failed, ...hostsFailed];
        return provedIf(!view.losesAPart, {
          at: { from, to },
          evidence: [
            say(`datagrams of one full packet pass from ${from} to ${to}, those of two fragments do not`, ...ids(all)),
          ],
          impact: [
            { kind: 'probes', ids: ids(all) },
            { kind: 'overlay', from, to, only: 'large' },
          ],
          basis: all,
        });
      }),
  remedy: () => [
    {
      text:
        'Let fragments through in the firewalls between the nodes, or see to it that nothing needs them: MTUs that ' +
        'fit, DNS and others with small datagrams.',
    },
  ],
  shows: '0% packet loss',
  verify: ({ from, to }) => `ssh ${from} ping -s 3000 -c 3 ${to}`,
  parts: ({ from, to }) => `ssh ${from} ping -s 3000 -c 3 ${to}`,
};
