import type { Location } from '../../../model/finding.ts';
import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { gatewaysOver, ipv6BetweenNodes, ipv6FailuresAt, meshBetween, unorderedPairs } from '../../evidence/ipv6.ts';
import { WALKED_SETS } from '../../evidence/stopped.ts';
import { count, distinct, ids, listed, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { candidate } from '../../match.ts';
import type { View } from '../../view/view.ts';

/** Failures that must be there for a place to be named: a single one may be lost by chance. */
const LEAST = 2;

/** Between which nodes' pods IPv6 fails, and IPv4 passes. */
const brokenPairs = (view: View, ipv6: View): [string, string][] =>
  unorderedPairs(view.nodes).filter(
    ([a, b]) => meshBetween(ipv6, a, b) === 'fail' && meshBetween(view, a, b) === 'pass',
  );

const touches =
  (node: string) =>
  (pair: readonly string[]): boolean =>
    pair.includes(node);

/** The nodes that all broken pairs have in common with no sound one; pairs for the rest. */
function placesOf(view: View, ipv6: View, broken: [string, string][]): { at: Location; pairs: [string, string][] }[] {
  const seen = unorderedPairs(view.nodes).filter(([a, b]) => meshBetween(ipv6, a, b) !== undefined);
  const isDead = (node: string): boolean => {
    const own = seen.filter(touches(node));
    return own.length > 1 && own.every((pair) => broken.some((each) => each.every((end) => pair.includes(end))));
  };
  const dead = view.nodes.filter(isDead);
  if (dead.length > 1 && broken.length === seen.length) return [{ at: {}, pairs: broken }];
  const rest = broken.filter((pair) => !dead.some((node) => pair.includes(node)));
  return [
    ...dead.map((node) => ({ at: { node }, pairs: broken.filter(touches(node)) })),
    ...rest.map(([from, to]) => ({ at: { from, to }, pairs: [[from, to] as [string, string]] })),
  ];
}

function byPath(view: View, ipv6: View): Match[] {
  return placesOf(view, ipv6, brokenPairs(view, ipv6)).map(({ at, pairs }) => {
    const isOn = (probe: ProbeObservation): boolean =>
      at.node !== undefined
        ? ipv6FailuresAt(view, at.node).includes(probe)
        : ipv6.path(probe).overlay.some((way) => pairs.some((pair) => pair.every((end) => way.includes(end))));
    const failed = networkFailures(ipv6.failing).filter(isOn);
    const nodes = distinct(pairs.flat());
    const own = pairs.map(([a, b]) => ipv6BetweenNodes(view, a, b));
    return candidate({
      at,
      nodes,
      evidence: [
        say(
          `pods of ${listed(nodes)} do not reach each other over IPv6 (${count(failed.length, 'probe')}), and do ` +
            'over IPv4',
          ...ids(failed).slice(0, 10),
        ),
        own.every((verdict) => verdict === 'pass') &&
          say(
            'the nodes themselves answer each other at their IPv6 addresses: it is lost in the tunnel or at its ends',
          ),
      ],
      impact: [{ kind: 'probes', ids: ids([...failed, ...gatewaysOver(view)]) }],
      basis: failed,
    });
  });
}

/** Nodes from which Services fail by their IPv6 addresses alone, where the pods behind them answer over IPv6. */
function byService(view: View, ipv6: View): Match[] {
  return view.nodes.flatMap((node): Match[] => {
    const own = ({ role, source }: ProbeObservation): boolean => role === 'service' && source.node === node;
    const failed = networkFailures(ipv6.failing.filter(own)).filter(({ succeeded }) => succeeded === 0);
    const ofIpv4 = view.probes.filter(own);
    const others = view.nodes.filter((other) => other !== node);
    const isWayOpen = others.every((other) => meshBetween(ipv6, node, other) !== 'fail');
    if (failed.length < LEAST || !isWayOpen || !ofIpv4.some(({ verdict }) => verdict === 'pass')) return [];
    const felt = networkFailures(ipv6.failing).filter((probe) => ipv6.path(probe).translation.includes(node));
    return [
      candidate({
        at: { node },
        evidence: [
          say(
            `no Service that was asked from ${node} answers by its IPv6 address (${count(failed.length, 'probe')}), ` +
              'and all pods do by theirs: the rules of kube-proxy for IPv6 (ip6tables, or nftables for ip6) may be ' +
              'gone there',
            ...ids(failed).slice(0, 10),
          ),
          say('by their IPv4 addresses Services answer there', ...ids(ofIpv4).slice(0, 4)),
        ],
        impact: [{ kind: 'probes', ids: ids(felt) }],
        basis: felt,
      }),
    ];
  });
}

/** IPv6 is lost where IPv4 passes, and what was read does not say by what. */
export const ipv6FailsAlone: CatalogueEntry = {
  code: 'ipv6-fails-alone',
  title: (locations) => {
    const isSomewhere = locations.some((at) => Object.keys(at).length > 0);
    return `IPv6 fails where IPv4 passes: ${isSomewhere ? placeOf(locations) : 'between all nodes'}`;
  },
  layer: 'packet',
  dependsOn: [],
  sets: WALKED_SETS,
  match: (view) => (view.ipv6 ? [...byPath(view, view.ipv6), ...byService(view, view.ipv6)] : []),
  remedy: () => [
    {
      text:
        'Look for what is set for IPv4 and not for IPv6: firewall rules (ip6tables and nftables on the nodes, the ' +
        "provider's own for the UDP port of the tunnel between the nodes' IPv6 addresses), routes to the IPv6 " +
        'ranges of the pods, net.ipv6.conf.all.forwarding, and the rules of kube-proxy.',
    },
  ],
  shows: 'for IPv6 what IPv4 has: routes to the pod ranges, rules that let packets pass, forwarding = 1',
  verify: ({ node, to }) =>
    `ssh ${node ?? to ?? 'NODE'} 'ip -6 route; ip6tables-save -c; sysctl net.ipv6.conf.all.forwarding'`,
  parts: ({ node, to }) =>
    `ssh ${node ?? to ?? 'NODE'} 'ip -6 route; ip6tables-save -c; sysctl net.ipv6.conf.all.forwarding' # what ` +
    'IPv4 has and IPv6 has not',
};
