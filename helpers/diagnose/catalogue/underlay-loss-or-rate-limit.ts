import type { CatalogueEntry, Match } from '../entry.ts';
import { ids, placeOf, say } from './support.ts';

/** A part of what one node sends another is lost before it arrives. */
export const underlayLossOrRateLimit: CatalogueEntry = {
  code: 'underlay-loss-or-rate-limit',
  title: (locations) => `the path loses a part of the packets: ${placeOf(locations)}`,
  layer: 'underlay',
  severity: 'major',
  dependsOn: ['node-not-ready-endpoints', 'conntrack-table-full'],
  needs: ['a burst of which a part arrived, with the counters of both uplinks', 'another probe between the two nodes that lost a part'],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) =>
    [...view.pairs.values()].flatMap((pair): Match[] => {
      const lossy = pair.bursts.find(({ outcome }) => outcome === 'lossy');
      const { from, to } = pair;
      const both = [...pair.probes, ...(view.pair(to, from)?.probes ?? [])];
      const partial = both.filter(({ verdict, errorKind, role }) => verdict === 'fail' && errorKind === 'partial-loss' && (role.startsWith('udp-') || role === 'control-udp' || role === 'tunnel-echo'));
      if (!lossy || partial.length === 0) return [];
      const { sent, senderUplinkTx, receiverUplinkRx, tunnelRx = 0, uplinkNoise } = lossy.readings;
      const before = senderUplinkTx !== undefined && senderUplinkTx >= sent * 0.95 && receiverUplinkRx !== undefined && uplinkNoise < sent * 0.2 && receiverUplinkRx < sent * 0.9 && Math.abs(receiverUplinkRx - tunnelRx) <= sent * 0.1;
      const after = receiverUplinkRx !== undefined && receiverUplinkRx >= sent * 0.95;
      if (after) return [];
      return [
        {
          confidence: before ? 'proved' : 'candidate',
          location: { from, to },
          evidence: [
            say(`of ${sent} VXLAN datagrams that left ${from}, ${receiverUplinkRx ?? 'an unknown number'} came to ${to}'s uplink and ${tunnelRx} out of its tunnel device`, lossy.id),
            say(`other probes between the two lose a part as well: ${partial[0]?.reason ?? 'partial loss'}`, ...ids(partial)),
          ],
          impact: [{ kind: 'underlay', from, to }],
          basis: [lossy.id, ...ids(partial)],
        },
      ];
    }),
  remedy: { k3s: 'Look for a policer, a full queue or a faulty link between the nodes; mtr with 200 packets in both directions shows the hop.', hetzner: 'support asks for mtr with 200 packets both ways; note the limits of the Cloud Firewall on connections.' },
  verify: ({ from, to }) => `ssh ${from} mtr -rwc 200 ${to}`,
  parts: ({ from, to }) => `ssh ${from} mtr -rwc 200 ${to}; ssh ${to} nft list ruleset`,
};
