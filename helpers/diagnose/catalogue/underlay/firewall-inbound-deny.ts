import type { Location } from '../../../model/finding.ts';
import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard, type PairView } from '../../view/pairs.ts';
import type { View } from '../../view/view.ts';
import { lostBursts, otherTcpOf, readingsText } from '../../evidence/bursts.ts';
import { distinct, ids, listed, say, verifyRun, waysText } from '../../evidence/support.ts';
import { lostWrapped, wrappedText } from '../../evidence/wrapped.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { calicoWrongNodeAddress } from './calico-wrong-node-address.ts';
import { flannelAnnouncesForeignAddress } from './flannel-announces-foreign-address.ts';
import { flannelWrongInterface } from './flannel-wrong-interface.ts';
import { nodePathDown } from './node-path-down.ts';
import { provedIf } from '../../match.ts';

/** What the node's own address did not answer, whoever asked: what it refuses has passed the firewall. */
const silentAt = (view: View, node: string): ProbeObservation[] =>
  view.failing.filter(
    (probe) => probe.destination.node === node && probe.destination.network === 'host' && !heard(probe),
  );

/** Whose datagrams are kept out: `from every other node`, or the nodes by name. */
function askersText(view: View, locations: readonly Location[]): string {
  const tos = distinct(locations.flatMap(({ to }) => to ?? []));
  const froms = distinct(locations.flatMap(({ from }) => from ?? []));
  const askers = tos.map((node) => view.nodes.filter((other) => other !== node && view.pair(other, node)).length);
  return locations.length === askers.reduce((sum, asking) => sum + asking, 0)
    ? 'from every other node'
    : `from ${listed(froms)}`;
}

/** What answers there and what does not, by their ports. */
function portsText(view: View, locations: readonly Location[]): string {
  const open = locations
    .flatMap(({ from = '', to = '' }) => view.pair(from, to) ?? [])
    .flatMap((pair) => otherTcpOf(pair) ?? [])
    .find(({ destination }) => destination.port !== undefined);
  const closed = `${view.overlay.wire(locations[0]?.from)} does not`;
  return open ? ` (TCP ${open.destination.port} answers; ${closed})` : ` (${closed} get in)`;
}

/** What the overlay sent to a node and did not come in, as neither did what the probe sent beside it. */
interface KeptOut {
  pair: PairView;
  /** Nothing of it came to the receiver's uplink though it was seen leaving the sender's. */
  lostOnTheWay: boolean;
  burst: string;
  text: string;
  basis: string[];
}

function keptOut(view: View): KeptOut[] {
  const sent = lostBursts(view).filter(
    ({ controlUdp, controlTcp, lostOnTheWay, plain, burst }) =>
      // Where other bytes come in by the overlay's port, the list lets it in.
      plain !== 'arrives' &&
      controlUdp === 'fail' &&
      controlTcp === 'fail' &&
      (lostOnTheWay || burst.outcome === 'node-unreachable'),
  );
  const wrapped = lostWrapped(view).filter(
    ({ way, controlUdp, controlTcp }) => way !== 'elsewhere' && controlUdp === 'fail' && controlTcp === 'fail',
  );
  return [
    ...sent.map((lost) => ({ ...lost, burst: lost.burst.id, text: readingsText(lost) })),
    ...wrapped.map((lost) => ({
      ...lost,
      lostOnTheWay: lost.left && lost.way === 'peer',
      burst: lost.burst.id,
      text: wrappedText(lost, view.overlay.wire(lost.pair.from)),
    })),
  ];
}

/** A firewall in front of a node lets listed ports in and drops all others, before they reach the node. */
export const firewallInboundDeny: CatalogueEntry = {
  code: 'firewall-inbound-deny',
  title: (locations, view) => {
    const nodes = distinct(locations.flatMap(({ to }) => to ?? []));
    const firewall = nodes.length === 1 ? 'a firewall in front of' : 'firewalls in front of';
    const lets = nodes.length === 1 ? 'lets' : 'let';
    const [ports, askers] = [portsText(view, locations), askersText(view, locations)];
    return `${firewall} ${listed(nodes)} ${lets} in only listed ports${ports}: ${askers}`;
  },
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  // A port that answers at the InternalIP says nothing of another announced address, and a pair without an open port is
  // judged by the others: a dead neighbour is nearer.
  yieldsTo: [flannelWrongInterface, flannelAnnouncesForeignAddress, calicoWrongNodeAddress, nodePathDown],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const seen = keptOut(view).map((lost) => {
      const { pair, lostOnTheWay } = lost;
      const closed = [...pair.of('control-tcp'), ...pair.of('control-udp')];
      const dropped = closed.every(
        ({ errorKind, succeeded }) => succeeded === 0 && errorKind !== 'refused' && errorKind !== 'reset',
      );
      // The same node reaches another port there: the way is there, and lets some in.
      const open = otherTcpOf(pair);
      return { lost, closed, open, shown: lostOnTheWay && dropped && open !== undefined };
    });
    const shown = seen.some((each) => each.shown);
    return seen.map(({ lost, closed, open, shown: direct }): Match => {
      const { pair, burst, text, basis, lostOnTheWay } = lost;
      return provedIf(direct || (shown && lostOnTheWay), {
        // Nodes that show nothing open to us fail in just the way of those that do.
        at: { from: pair.from, to: pair.to },
        evidence: [
          open &&
            say(
              `TCP ${open.destination.port} of ${pair.to} answers ${open.source.node ?? 'the runner'}: the way is ` +
                'there',
              open.id,
            ),
          say(text, burst),
          say(
            `TCP and UDP ${closed[0]?.destination.port ?? ''} of ${pair.to}, where the probe listens, do not answer ` +
              `${pair.from} either`,
            ...ids(closed),
          ),
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
  remedy: (view, locations) => [
    {
      text:
        `Allow ${view.overlay.wire(locations[0]?.from)} (the overlay) ${waysText(view, locations)} in the firewall ` +
        'that stands before it; and what else nodes need of each other: TCP 10250, TCP 6443 to servers, ' +
        'TCP 2379-2380 between servers.',
    },
    {
      provider: 'hetzner',
      text:
        'an attached Cloud Firewall denies every inbound port that no rule names, on public addresses: add the ' +
        'rules for the node addresses, or let the overlay and the nodes use the private network.',
    },
  ],
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ from, to }) =>
    `ssh ${from} nc -zv -w 3 ${to} 10250 # a port that the list holds answers through a firewall, none through a ` +
    'path that is down',
};
