import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard } from '../../view/pairs.ts';
import type { View } from '../../view/view.ts';
import { lostBursts, readingsText } from '../../evidence/bursts.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { flannelAnnouncesForeignAddress } from './flannel-announces-foreign-address.ts';
import { flannelWrongInterface } from './flannel-wrong-interface.ts';
import { nodePathDown } from './node-path-down.ts';
import { provedIf } from '../../match.ts';

/** What the node's own address did not answer, whoever asked: what it refuses has passed the firewall. */
const silentAt = (view: View, node: string): ProbeObservation[] =>
  view.failing.filter(
    (probe) => probe.destination.node === node && probe.destination.network === 'host' && !heard(probe),
  );

/** A firewall in front of a node lets listed ports in and drops all others, before they reach the node. */
export const hetznerCloudFirewallInboundDeny: CatalogueEntry = {
  code: 'hetzner-cloud-firewall-inbound-deny',
  title: (locations) => `a firewall in front of the node denies all but the listed ports: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  // A port that answers at the InternalIP says nothing of another announced address, and a pair without an open port is
  // judged by the others: a dead neighbour is nearer.
  yieldsTo: [flannelWrongInterface, flannelAnnouncesForeignAddress, nodePathDown],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const found = lostBursts(view).filter(
      ({ controlUdp, controlTcp, lostOnTheWay, plain, burst }) =>
        // Where other bytes come in by the overlay's port, the list lets it in.
        plain !== 'arrives' &&
        controlUdp === 'fail' &&
        controlTcp === 'fail' &&
        (lostOnTheWay || burst.outcome === 'node-unreachable'),
    );
    const seen = found.map((lost) => {
      const { pair, otherTcp, lostOnTheWay } = lost;
      const closed = [...pair.of('control-tcp'), ...pair.of('control-udp')];
      const dropped = closed.every(
        ({ errorKind, succeeded }) => succeeded === 0 && errorKind !== 'refused' && errorKind !== 'reset',
      );
      // The same node reaches another port there: the way is there, and lets some in.
      const open = otherTcp;
      return { lost, closed, open, shown: lostOnTheWay && dropped && open !== undefined };
    });
    const shown = seen.some((each) => each.shown);
    return seen.map(({ lost, closed, open, shown: direct }): Match => {
      const { pair, burst, basis, lostOnTheWay } = lost;
      return provedIf(direct || (shown && lostOnTheWay), {
        // Nodes that show nothing open to us fail in just the way of those that do.
        at: { from: pair.from, to: pair.to },
        evidence: [
          say(readingsText(lost), burst.id),
          say(
            `neither TCP nor UDP ${closed[0]?.destination.port ?? ''} of ${pair.to} answers ${pair.from}`,
            ...ids(closed),
          ),
          open &&
            say(`TCP ${open.destination.port} of ${pair.to} answers ${open.source.node ?? 'the runner'}`, open.id),
        ],
        impact: [
          // An answer needs the way in; what the node asks itself is let back in.
          { kind: 'overlay', from: pair.from, to: pair.to },
          { kind: 'underlay', from: pair.from, to: pair.to, only: 'asked' },
          { kind: 'probes', ids: ids(silentAt(view, pair.to)) },
        ],
        basis: [...basis, ...closed],
      });
    });
  },
  remedy: ({ overlay }) => [
    {
      text:
        `List what nodes need of each other in the firewall: ${overlay.wire()} (the overlay), 10250/TCP, 6443/TCP to ` +
        'servers, and 2379-2380/TCP between servers.',
    },
    {
      provider: 'hetzner',
      text:
        'an attached Cloud Firewall denies every inbound port that no rule names, on public addresses: add the ' +
        'rules for the node addresses, or let the overlay and the nodes use the private network.',
    },
  ],
  verify: ({ from, to }) => `netwright run --suite overlay # ${from} to ${to} must be open`,
  parts: ({ from, to }) =>
    `ssh ${from} nc -zv -w 3 ${to} 10250 # a port that the list holds answers through a firewall, none through a ` +
    'path that is down',
};
