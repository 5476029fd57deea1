import { isUnanswered } from '../../../model/own-ports.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { heard, left, type PairView } from '../../view/pairs.ts';
import type { View } from '../../view/view.ts';
import { announcedAddress } from '../../../model/overlay/index.ts';
import { deafOnLink } from '../../evidence/deaf-on-link.ts';
import { ids, overlayFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { calicoWrongNodeAddress } from './calico-wrong-node-address.ts';
import { flannelAnnouncesForeignAddress } from './flannel-announces-foreign-address.ts';
import { flannelWrongInterface } from './flannel-wrong-interface.ts';
import { FEW_SHARE } from '../../../model/thresholds.ts';
import { provedIf } from '../../match.ts';

interface Neighbour {
  /** Of the fact that it was read in. */
  id: string;
  state: 'dead' | 'wrong';
  text: string;
}

/**
 * What the sender's neighbour table has of the other node: that nobody answers, or a link address that no device of
 * that node has.
 */
function neighbourOf(view: View, from: string, to: string): Neighbour | undefined {
  const address = view.cluster.nodes.get(to)?.value.internalIp;
  const neighbours = view.ssh(from).neighbours;
  const entry = neighbours?.value.find((each) => each.address === address);
  if (!neighbours || !entry) return undefined;
  const { id } = neighbours;
  if (entry.states.some((each) => ['FAILED', 'INCOMPLETE'].includes(each)))
    return {
      id,
      state: 'dead',
      text: `${from} gets no answer from ${address} on the link itself (neighbour ${entry.states.join(' ')})`,
    };
  const own = view.host(to).links?.value.flatMap((link) => link.address?.toLowerCase() ?? []);
  if (!entry.mac || !own || own.includes(entry.mac.toLowerCase())) return undefined;
  return {
    id,
    state: 'wrong',
    text:
      `${from} sends what is for ${address} to ${entry.mac} (neighbour ${entry.states.join(' ')}), which ` +
      `no device of ${to} has`,
  };
}

/**
 * What the sender's system took and kept back, though it sends what is for others: it does so where nobody on the link
 * says that the address is his (arp(7)). Seen by its counter, without SSH.
 */
function keptBack(view: View, { from, to, bursts }: PairView): { id: string; text: string } | undefined {
  const kept = bursts.find(
    ({ readings: { sent, sendErrors, senderUplinkTx } }) =>
      sent > 0 &&
      Object.keys(sendErrors).length === 0 &&
      senderUplinkTx !== undefined &&
      senderUplinkTx <= sent * FEW_SHARE,
  );
  const sends = [...view.pairs.values()].some(
    (pair) =>
      pair.from === from && pair.to !== to && pair.bursts.some(({ readings }) => readings.sent > 0 && left(readings)),
  );
  return kept && sends
    ? {
        id: kept.id,
        text:
          `of ${kept.readings.sent} datagrams for ${to} the uplink of ${from} sent ${kept.readings.senderUplinkTx} ` +
          'at most, and all that is for others',
      }
    : undefined;
}

/**
 * The address by which the nodes know another, where its overlay goes by a network of its own: what passes there says
 * nothing of the way to the node's address.
 */
function ownNetwork(view: View, node: string): string | undefined {
  const info = view.cluster.nodes.get(node)?.value;
  if (!info || info.internalIp === '') return undefined;
  const announced = announcedAddress(view.cluster.overlay?.value, info.annotations);
  return announced !== undefined && announced !== info.internalIp ? info.internalIp : undefined;
}

/** Nothing at all passes between two nodes that are both alive. */
export const nodePathDown: CatalogueEntry = {
  code: 'node-path-down',
  title: (locations) => `nothing passes between the nodes' own addresses: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints],
  // Peers send to the address that flannel announces: where no neighbour has it, the datagrams are kept back.
  yieldsTo: [flannelWrongInterface, flannelAnnouncesForeignAddress, calicoWrongNodeAddress],
  sets: ['ip-neigh'],
  match: (view) =>
    [...view.pairs.values()].flatMap((pair): Match[] => {
      const apart = ownNetwork(view, pair.to);
      const direct = pair.probes.filter(
        ({ destination, role }) =>
          destination.network === 'host' &&
          role !== 'tunnel-echo' &&
          role !== 'burst' &&
          role !== 'plain-burst' &&
          (apart === undefined || destination.ip === apart),
      );
      const controls = direct.filter(isUnanswered);
      const asked = apart === undefined ? pair.of('control-tcp') : direct.filter((probe) => probe.kind !== 'udp-echo');
      if (controls.length < 2 || direct.some(heard) || !asked.some(isUnanswered)) return [];
      // Who has an address is asked one way and answered the other: where one of them hears nothing, neither way is
      // open. An entry that failed is soon forgotten.
      const other = neighbourOf(view, pair.to, pair.from);
      const neighbour = neighbourOf(view, pair.from, pair.to) ?? (other?.state === 'dead' ? other : undefined);
      const kept = apart === undefined ? keptBack(view, pair) : undefined;
      const deaf = [...deafOnLink(view, pair.to, pair.from), ...deafOnLink(view, pair.from, pair.to)];
      const burst = pair.bursts.find(
        ({ outcome }) => outcome === 'open' || outcome === 'arrives-dropped' || outcome === 'lossy',
      );
      // To a wrong link address a switch may flood what it does not know: it then comes to the node's device and is not
      // taken.
      const isTold = view.ssh(pair.from).neighbours !== undefined;
      if (
        apart === undefined &&
        burst &&
        neighbour?.state !== 'wrong' &&
        (isTold || burst.outcome !== 'arrives-dropped')
      )
        return [];
      return [
        provedIf(neighbour || kept, {
          at: { from: pair.from, to: pair.to },
          evidence: [
            say(
              `none of ${controls.length} probes from ${pair.from} to ${apart ?? 'the address'} of ${pair.to} got an ` +
                'answer',
              ...ids(controls),
            ),
            neighbour && say(neighbour.text, neighbour.id),
            kept && say(kept.text, kept.id),
            ...deaf.map(({ text, ids: cited }) => say(text, ...cited)),
          ],
          // What the other asks arrives, and its answers go the same way to nobody.
          impact: [
            { kind: 'underlay', from: pair.from, to: pair.to },
            ...(neighbour?.state === 'wrong' ? [{ kind: 'underlay' as const, from: pair.to, to: pair.from }] : []),
          ],
          basis: [
            ...controls,
            ...(apart === undefined
              ? [
                  ...pair.bursts.filter(({ outcome }) => outcome !== 'inconclusive').map(({ id }) => id),
                  ...overlayFailures(view, pair.from, pair.to),
                ]
              : []),
          ],
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Fix the route or the link between the two nodes: addresses and masks of the uplinks, routes, the private ' +
        'network they share.',
    },
    {
      provider: 'hetzner',
      text:
        'check that both servers are attached to the same network and that their private addresses come from DHCP ' +
        'as /32 with a route by the gateway.',
    },
  ],
  shows: '0% packet loss',
  verify: ({ from, to }) => `ssh ${from} ping -c 3 ${to}`,
  parts: ({ from, to }) => `ssh ${from} ip neigh show to ${to}; ssh ${from} nc -zv -w 3 ${to} 10250`,
};
