import type { CatalogueEntry, Match } from '../../entry.ts';
import { arrival, type Burst, type PairView } from '../../view/pairs.ts';
import { dropTakes, dropWords, namesPort, takesAllOfAProtocol, type Drop } from '../../firewall/drops.ts';
import type { View } from '../../view/view.ts';
import { ids, networkFailures, overlayFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { lineFor, lineInto } from '../../evidence/outer-walk.ts';
import { unheardFlows } from '../../evidence/unheard-flows.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { CLOSED_SHARE, CONNTRACK_ROOM_SHARE, EXPLAINED_SHARE } from '../../../model/thresholds.ts';
import { proved, provedIf } from '../../match.ts';

/** As /etc/protocols calls IP protocol 4. */
const IPIP = 'ipip';

const RECEIVING = new Set(['ingress', 'prerouting', 'input']);

/** The rule that drops the port: named, or counted, or a policy that nothing lifts for the port. */
function culprit(
  view: View,
  node: string,
  port: number | undefined,
  hooks: Set<string>,
  from: string,
): Drop | undefined {
  if (port === undefined) return undefined;
  const { firewall } = view.ssh(node);
  const sort = { protocol: 'udp', port, source: view.cluster.nodes.get(from)?.value.internalIp } as const;
  const here = (firewall?.drops ?? []).filter((drop) => hooks.has(drop.hook) && dropTakes(drop, sort) !== 'none');
  const isNamed = firewall?.isPortNamed('udp', port) === true;
  return (
    here.find((drop) => namesPort(drop, 'udp', port)) ??
    here
      .filter((drop) => dropTakes(drop, sort) === 'all')
      .find(({ policy, packets = 0 }) => packets > 0 || (policy && !isNamed))
  );
}

/** A rule that stops all that the node passes on for its pods, as firewalls have beside the one for the node itself. */
const forPods = (view: View, node: string): Drop | undefined =>
  view
    .ssh(node)
    .firewall?.drops.find(
      (drop) => drop.hook === 'forward' && !drop.policy && takesAllOfAProtocol(drop) && (drop.packets ?? 0) > 0,
    );

/** As images of Oracle Cloud bring their rules. */
const OF_AN_IMAGE = /icmp-host-prohibited/;

/** Arrived at the uplink, not dropped by UDP itself, and never came out of the tunnel device. */
const swallowed = ({ readings }: Burst): boolean =>
  readings.sent > 0 &&
  arrival(readings) === 'all' &&
  readings.tunnelRx !== undefined &&
  readings.tunnelRx <= readings.sent * CLOSED_SHARE &&
  (readings.receiverUdp['InCsumErrors'] ?? 0) < readings.sent * EXPLAINED_SHARE &&
  (readings.receiverUdp['NoPorts'] ?? 0) < readings.sent * EXPLAINED_SHARE;

function atReceiver(view: View, { from, to, bursts, of }: PairView): Match[] {
  const burst = bursts.find(swallowed);
  if (!burst) return [];
  const { readings, id, port } = burst;
  const rule = culprit(view, to, port, RECEIVING, from);
  const line = rule ? undefined : lineInto(view, from, to, port);
  if (!rule && !line && view.ssh(to).firewall) return [];
  const refused = (readings.sendErrors['refused'] ?? 0) + (readings.sendErrors['no-route'] ?? 0);
  // A rule that names no port keeps everybody from all ports of the node: that is one story.
  const isOfAllPorts = rule !== undefined && port !== undefined && !namesPort(rule, 'udp', port);
  const closed = networkFailures(
    isOfAllPorts
      ? view.failing.filter(({ destination }) => destination.node === to && destination.network === 'host')
      : [...of('control-udp'), ...of('control-tcp')],
  );
  const passing = rule && forPods(view, to);
  return [
    provedIf(rule || line || refused > 0, {
      at: { from, to },
      evidence: [
        say(
          `${readings.receiverUplinkRx} of ${readings.sent} VXLAN datagrams from ${from} arrived at ${to}'s ` +
            `uplink, ${readings.tunnelRx} came out of its tunnel device, and no UDP counter moved`,
          id,
        ),
        refused > 0 &&
          say(
            `${to} answered ${refused} of them with an ICMP refusal though its UDP counted none without a listener`,
            id,
          ),
        rule && say(`${to} has ${dropWords(rule)}`, ...view.ssh(to).rulesets),
        line && say(`${to} stops all such datagrams: ${line.text}`, ...line.ids),
        passing &&
          say(`${to} has ${dropWords(passing)}, which stops what its pods send and get`, ...view.ssh(to).rulesets),
      ],
      impact: [
        { kind: 'overlay', from, to },
        { kind: 'probes', ids: ids(closed) },
        ...(passing ? [{ kind: 'pods' as const, node: to }] : []),
      ],
      basis: [id, ...overlayFailures(view, from, to)],
      nodes: [to],
    }),
  ];
}

/**
 * The same of an overlay whose packets have no port: what the sender's kernel wraps comes to the uplink and not out of
 * the tunnel device. Where the rules were read it is only by the one at which it ends.
 */
function wrappedAtReceiver(view: View, { from, to, wrappedBursts }: PairView): Match[] {
  if (view.overlay.traits.wire(view.overlay.on(from)).protocol !== 'ip') return [];
  const burst = wrappedBursts.find(swallowed);
  const line = burst && lineFor(view, from, to, { protocol: IPIP });
  if (!burst || (!line && view.ssh(to).firewall)) return [];
  const { id, readings } = burst;
  return [
    provedIf(line, {
      at: { from, to },
      evidence: [
        say(
          `${readings.receiverUplinkRx} of ${readings.sent} packets in ${view.overlay.wire(from)} from ${from} ` +
            `arrived at ${to}'s uplink, ${readings.tunnelRx} came out of its tunnel device`,
          id,
        ),
        line && say(`${to} stops all such packets: ${line.text}`, ...line.ids),
      ],
      impact: [{ kind: 'overlay', from, to }],
      basis: [id, ...overlayFailures(view, from, to)],
      nodes: [to],
    }),
  ];
}

function atSender(view: View, { from, to, bursts }: PairView): Match[] {
  // What is refused as it is sent does not count as sent everywhere.
  const refused = ({ readings }: Burst) => readings.sendErrors['prohibited'] ?? 0;
  const burst = bursts.find((each) => refused(each) > 0 && refused(each) >= each.readings.sent * EXPLAINED_SHARE);
  if (!burst) return [];
  const conntrack = view.host(from).conntrack;
  const failures = overlayFailures(view, from, to);
  const room = conntrack !== undefined && conntrack.value.count < conntrack.value.max * CONNTRACK_ROOM_SHARE;
  const rule = culprit(view, from, burst.port, new Set(['output', 'postrouting', 'egress']), from);
  return [
    provedIf((room || rule) && failures.length > 0, {
      at: { from, to },
      evidence: [
        say(
          `${from}'s own firewall refused ${refused(burst)} of ${Math.max(burst.readings.sent, refused(burst))} ` +
            `datagrams to ${to}:${burst.port} as they were sent`,
          burst.id,
        ),
        room && say(`its connection table has room (${conntrack.value.count} of ${conntrack.value.max})`, conntrack.id),
        rule && say(`${from} has ${rule.chain}: ${rule.text}`, ...view.ssh(from).rulesets),
      ],
      impact: [{ kind: 'overlay', from, to }],
      basis: failures,
      nodes: [from],
    }),
  ];
}

/** By the nodes' tables of connections, where nobody could count a burst: the rules say where all of it ends. */
const unheard = (view: View): Match[] =>
  unheardFlows(view).flatMap(({ from, to, port, text, ids: cited, failures }): Match[] => {
    const line = lineInto(view, from, to, port);
    if (!line) return [];
    return [
      proved({
        at: { from, to },
        evidence: [say(text, ...cited), say(`${to} stops all such datagrams: ${line.text}`, ...line.ids)],
        impact: [{ kind: 'overlay', from, to }],
        basis: failures,
        nodes: [to],
      }),
    ];
  });

/** A firewall on a node itself drops the overlay's port: on its way in, or as it leaves. */
export const hostFirewallDropsVxlan: CatalogueEntry = {
  code: 'host-firewall-drops-vxlan',
  title: (locations, view) => {
    const from = locations[0]?.from;
    const isUdp = view.overlay.traits.wire(view.overlay.on(from ?? '')).protocol === 'udp';
    const what = isUdp ? "the overlay's UDP port" : `the overlay's packets (${view.overlay.wire(from)})`;
    return `a firewall on the node itself drops ${what}: ${placeOf(locations)}`;
  },
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['nft-ruleset', 'iptables-save', 'ip-link'],
  match: (view) => [
    ...unheard(view),
    ...[...view.pairs.values()].flatMap((pair) => [
      ...atReceiver(view, pair),
      ...wrappedAtReceiver(view, pair),
      ...atSender(view, pair),
    ]),
  ],
  remedy: (view, [at]) => [
    ...(view.ssh(at?.to ?? '').firewall?.drops.some(({ text }) => OF_AN_IMAGE.test(text))
      ? [
          {
            text:
              'The rules that refuse with icmp-host-prohibited come with the image (Oracle Cloud): delete both, in ' +
              'INPUT and in FORWARD, and netfilter-persistent save.',
          },
        ]
      : []),
    {
      text:
        `Turn ufw or firewalld off on cluster nodes, or allow ${view.overlay.wire(at?.from)} between them and ` +
        'everything from the pod and Service ranges.',
    },
  ],
  verify: ({ from, to }) => verifyRun('overlay', `what ${from} sends comes out at ${to}`),
  parts: ({ from, to }, { overlay }) =>
    `ssh ${to} nft list ruleset # a drop on prerouting or input that ${overlay.wire(from)} meets`,
};
