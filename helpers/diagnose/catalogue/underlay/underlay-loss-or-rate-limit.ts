import type { Location } from '../../../model/finding.ts';
import type { ProbeObservation } from '../../../model/observation.ts';
import { isUnanswered } from '../../../model/own-ports.ts';
import { dropTakes } from '../../firewall/drops.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { controlOf } from '../../view/pairs.ts';
import type { View } from '../../view/view.ts';
import { pooledLoss } from '../../evidence/pooled-match.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { conntrackTableFull } from '../node/conntrack-table-full.ts';
import {
  PARTLY_ARRIVED_SHARE,
  DISAGREEING_SHARE,
  DOUBTFUL_NOISE_SHARE,
  FAST_ANSWERED_SHARE,
  SLOW_ANSWERED_SHARE,
  WHOLE_SHARE,
} from '../../../model/thresholds.ts';

/** A match, and whether it looks just like what is shown of another pair where one is shown. */
type Lossy = Match & { isLike: boolean };

/** Two nodes to look between, also where the loss is a node's, or everybody's. */
function endsOf({ node, from = node, to }: Location, { nodes }: View): [from: string, to: string] {
  const one = from ?? nodes.find((each) => each !== to) ?? 'NODE';
  return [one, to ?? nodes.find((each) => each !== one) ?? 'ANOTHER'];
}

/** Pairs between which datagrams pass one by one, and not many at once, neither before nor after. */
const limited = (view: View): Lossy[] =>
  [...view.pairs.values()].flatMap(({ from, to, of }): Lossy[] => {
    const [slow, fast] = [of('control-udp-slow'), [...of('control-udp'), ...of('control-udp-fast')]];
    const share = (probes: readonly ProbeObservation[]) =>
      probes.reduce((sum, { succeeded }) => sum + succeeded, 0) /
      Math.max(
        1,
        probes.reduce((sum, { attempts }) => sum + attempts, 0),
      );
    if (
      share(slow) < SLOW_ANSWERED_SHARE ||
      of('control-udp-fast').length === 0 ||
      fast.some((probe) => share([probe]) > FAST_ANSWERED_SHARE)
    )
      return [];
    const told = (probes: readonly ProbeObservation[]) =>
      probes.map(({ succeeded, attempts }) => `${succeeded} of ${attempts}`).join(' and ');
    return [
      {
        isLike: true,
        confidence: 'proved',
        location: { from, to },
        evidence: [
          say(
            `of UDP datagrams sent slowly from ${from} to ${to} ${told(slow)} are answered, of many at once ` +
              `${told(fast)}, before and after`,
            ...ids(slow),
            ...ids(fast),
          ),
        ],
        impact: [{ kind: 'underlay', from, to }],
        basis: ids([...slow, ...fast].filter(({ verdict }) => verdict === 'fail')),
      },
    ];
  });

/** Pairs that were not asked slowly, or were heard less, and on which UDP fails as it does on those that are shown. */
const silenced = (view: View): Lossy[] =>
  [...view.pairs.values()].flatMap(({ from, to, of }): Lossy[] => {
    const fast = of('control-udp').filter((probe) => isUnanswered(probe) && probe.succeeded === 0);
    const slow = of('control-udp-slow');
    if (
      fast.length === 0 ||
      (slow.length > 0 && slow.every(({ succeeded }) => succeeded === 0)) ||
      controlOf(of('control-tcp')) !== 'pass'
    )
      return [];
    return [
      {
        isLike: true,
        confidence: 'candidate',
        location: { from, to },
        evidence: [
          say(
            `between ${from} and ${to} UDP gets no answer and TCP does, as between nodes that answer slow datagrams`,
            ...ids(fast),
          ),
        ],
        impact: [{ kind: 'underlay', from, to }],
        basis: ids(fast),
      },
    ];
  });

const matches = (view: View): Lossy[] =>
  [...view.pairs.values()].flatMap((pair): Lossy[] => {
    const lossy = pair.bursts.find(({ outcome }) => outcome === 'lossy');
    const { from, to } = pair;
    const both = [...pair.probes, ...(view.pair(to, from)?.probes ?? [])];
    const partial = both.filter(
      ({ verdict, errorKind, kind, role }) =>
        verdict === 'fail' &&
        errorKind === 'partial-loss' &&
        kind === 'udp-echo' &&
        role !== 'control-udp-slow' &&
        role !== 'control-udp-fast',
    );
    // Where no burst could be sent, what hosts and pods lose between their own addresses is all there is.
    const hosts = partial.filter(({ pathClass, role }) => pathClass === 'host-host' && role !== 'tunnel-echo');
    if (pair.bursts.length === 0) {
      const bare = partial.filter(({ pathClass }) => pathClass === 'pod-host' || pathClass === 'host-host');
      return bare.length > 1
        ? [
            {
              isLike: false,
              confidence: 'candidate',
              location: { from, to },
              evidence: [
                say(`probes between ${from} and ${to} lose a part: ${bare[0]?.reason ?? 'partial loss'}`, ...ids(bare)),
              ],
              impact: [{ kind: 'underlay', from, to }],
              basis: ids(partial),
            },
          ]
        : [];
    }
    if (!lossy || partial.length === 0) return [];
    const { sent, senderUplinkTx, receiverUplinkRx, tunnelRx = 0, uplinkNoise } = lossy.readings;
    const before =
      senderUplinkTx !== undefined &&
      senderUplinkTx >= sent * WHOLE_SHARE &&
      receiverUplinkRx !== undefined &&
      uplinkNoise < sent * DOUBTFUL_NOISE_SHARE &&
      receiverUplinkRx < sent * PARTLY_ARRIVED_SHARE &&
      Math.abs(receiverUplinkRx - tunnelRx) <= sent * DISAGREEING_SHARE;
    // Other ports lose a part as well, and no rule at either end drops UDP: then it is lost between them.
    const ends = [view.ssh(from), view.ssh(to)];
    const clean =
      hosts.length > 1 &&
      ends.every(
        ({ firewall }) =>
          firewall !== undefined && firewall.drops.every((drop) => dropTakes(drop, { protocol: 'udp' }) === 'none'),
      );
    const after = receiverUplinkRx !== undefined && receiverUplinkRx >= sent * WHOLE_SHARE;
    // What arrives whole is lost later; the count may be other traffic's, where other ports between the hosts lose a
    // part too.
    if (after && hosts.length < 2) return [];
    return [
      {
        isLike: hosts.length > 1,
        confidence: before || clean ? 'proved' : 'candidate',
        location: { from, to },
        evidence: [
          say(
            `of ${sent} VXLAN datagrams that left ${from}, ${receiverUplinkRx ?? 'an unknown number'} came to ` +
              `${to}'s uplink and ${tunnelRx} out of its tunnel device`,
            lossy.id,
          ),
          ...(clean && !before
            ? [say(`no rule on ${from} or ${to} drops UDP`, ...ends.flatMap(({ rulesets }) => rulesets))]
            : []),
          say(
            `other probes between the two lose a part as well: ${partial[0]?.reason ?? 'partial loss'}`,
            ...ids(partial),
          ),
        ],
        impact: [{ kind: 'underlay', from, to }],
        basis: [lossy.id, ...ids(partial)],
      },
    ];
  });

/** What is shown between two nodes holds for those between which a part is lost in just the same way. */
function alike(found: Lossy[]): Match[] {
  const shown = found.some(({ confidence }) => confidence === 'proved');
  return found.map(({ isLike, ...match }): Match => (shown && isLike ? { ...match, confidence: 'proved' } : match));
}

/** A part of what one node sends another is lost before it arrives. */
export const underlayLossOrRateLimit: CatalogueEntry = {
  code: 'underlay-loss-or-rate-limit',
  title: (locations) => `the path loses a part of the packets: ${placeOf(locations)}`,
  layer: 'underlay',
  dependsOn: [nodeNotReadyEndpoints, conntrackTableFull],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const paced = limited(view);
    const found = [...paced, ...(paced.length > 0 ? silenced(view) : []), ...matches(view)];
    const ofPairs = Map.groupBy(found, ({ location: { from, to } }) => `${from} ${to}`);
    return [
      ...alike([...ofPairs.values()].map(([first]) => first as Lossy)),
      ...pooledLoss(view, 'path', new Set(ofPairs.keys())),
    ];
  },
  remedy: () => [
    {
      text:
        'Look for a policer, a full queue or a faulty link between the nodes; mtr with 200 packets in both ' +
        'directions shows the hop.',
    },
    {
      provider: 'hetzner',
      text: 'support asks for mtr with 200 packets both ways; note the limits of the Cloud Firewall on connections.',
    },
  ],
  shows: 'no loss at the last hop',
  verify: (location, view) => {
    const [from, to] = endsOf(location, view);
    return `ssh ${from} mtr -rwc 200 ${to}`;
  },
  parts: (location, view) => {
    const [from, to] = endsOf(location, view);
    return `ssh ${from} mtr -rwc 200 ${to}; ssh ${to} nft list ruleset`;
  },
};
