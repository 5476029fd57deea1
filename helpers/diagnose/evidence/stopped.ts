import type { Location } from '../../model/finding.ts';
import type { ProbeObservation } from '../../model/observation.ts';
import type { CatalogueEntry, Match } from '../entry.ts';
import { anyAffects } from '../impact.ts';
import { provedIf } from '../match.ts';
import { unheardOf } from './deaf-controllers.ts';
import { gatewaysOver } from './ipv6.ts';
import { stoppingLines, type StoppingLine } from './walked.ts';
import { handedOn } from './handed-on.ts';
import { count, ids, networkFailures, say } from './support.ts';
import { oncePerView } from '../view/once.ts';
import type { View } from '../view/view.ts';
import { OF_THE_CLUSTER, ownerOf, type Owner } from '../walk/owner.ts';

/** What was read of nodes, for packets to be walked through them. */
export const WALKED_SETS = [
  'ip-link',
  'ip-addr',
  'bridge-fdb',
  'ip-route',
  'ip-rule',
  'ip-neigh',
  'nft-ruleset',
  'iptables-save',
  'ip6tables-save',
  'iptables-legacy-save',
  'ipset',
  'sysctl',
];

/**
 * Failures that must be there for a line to be named: a single one may be lost by chance. Of a line of which it is only
 * likely that it stops packets, as one that does so by chance, one is enough to name it as that.
 */
const LEAST = { told: 2, likely: 1 };

const failuresOf = (probes: readonly ProbeObservation[]): number =>
  probes.reduce((sum, { attempts }) => sum + attempts, 0);

/** Lines that stop what failed, on every node; walked once. */
export const linesOf = oncePerView(stoppingLines);

const countWords = (packets: number | undefined): string => (packets === undefined ? '' : ` (${packets} packets)`);

const verbOf = ({ stopped, doubt }: StoppingLine): string =>
  doubt === undefined ? (stopped.to === undefined ? 'stops' : 'leads') : 'may stop';

const evidenceOf = (of: StoppingLine): Match['evidence'] => {
  const { node, stopped, failed, passing, cited, doubt } = of;
  return [
    say(
      `${node}: ${stopped.line.where}: ${stopped.line.text}${countWords(stopped.line.packets)} ` +
        `${verbOf(of)} ${stopped.on === 'way' ? 'the packets' : 'the answers'} of ` +
        `${count(failed.length, 'failed probe')}${stopped.to === undefined ? '' : ` to ${stopped.to}`}`,
      ...cited,
      ...ids(failed).slice(0, 12),
    ),
    ...(passing > 0
      ? [say(`the packets of ${count(passing, 'probe')} that pass are led past it, on their way and back`)]
      : []),
    ...(doubt === undefined ? [] : [say(`whether it does cannot be told from the rules: ${doubt}`)]),
  ];
};

/** Pods that are given away: who stands before them, as an ingress does, answers for it in his own words. */
const endpointsOf = ({ stopped, failed }: StoppingLine): Match['impact'] =>
  stopped.stop === 'rewritten'
    ? [...new Set(failed.flatMap(({ destination: { network, ip } }) => (network === 'pod' ? (ip ?? []) : [])))].map(
        (ip) => ({ kind: 'endpoint', ip }),
      )
    : [];

/** What else a node's rules translate, or would; names of outside are asked for by CoreDNS, in its own words. */
const untranslated = (view: View, { node, stopped, failed }: StoppingLine): Match['impact'] =>
  stopped.stop === 'untranslated'
    ? [
        { kind: 'translation', node },
        ...(failed.some((probe) => view.path(probe).external) ? [{ kind: 'external' as const }] : []),
      ]
    : [];

/** What controllers on a node do not know of where the line keeps it from Services, the API server's among them. */
const unheard = (view: View, { node, touched }: StoppingLine): Match['impact'] =>
  touched.some((probe) => probe.source.node === node && view.path(probe).translation.length > 0)
    ? [{ kind: 'probes', ids: unheardOf(view, node) }]
    : [];

/** What has a counter, or might have one. */
const OF_RULES = new Set(['rule', 'policy']);

/** Lines that nobody keeps for the cluster: a rule of one of its own programs follows from objects of the cluster. */
const ofNoObject = ({ stopped }: StoppingLine): boolean => !OF_THE_CLUSTER.has(ownerOf(stopped.line));

/**
 * Places where lines of some effect stop what failed. None that the causes in `special` prove by another name, or,
 * where a line is only likely, have another name for. A rule without a counter may be younger than the failures: it is
 * then only the likely one. `isOwn` tells of which lines they are, where not of those that follow from no object of
 * the cluster; with `countsAll` what ends there and was walked later counts as well.
 */
export function stoppedBy(
  view: View,
  stops: ReadonlySet<string>,
  special: readonly CatalogueEntry[],
  { isOwn = ofNoObject, countsAll = false }: { isOwn?: (line: StoppingLine) => boolean; countsAll?: boolean } = {},
): Match[] {
  const failuresAt = ({ failed, later }: StoppingLine): number =>
    failuresOf(countsAll ? [...failed, ...later] : failed);
  const own = linesOf(view).filter(
    (line) =>
      stops.has(line.stopped.stop) &&
      failuresAt(line) >= LEAST[line.doubt === undefined ? 'told' : 'likely'] &&
      isOwn(line),
  );
  if (own.length === 0) return [];
  const known = special.flatMap(({ match }) => match(view));
  const accountsFor = (matches: readonly Match[], probes: readonly ProbeObservation[]): boolean => {
    const impacts = matches.flatMap(({ impact, basis }) => [...impact, { kind: 'probes' as const, ids: basis }]);
    return probes.every((probe) => anyAffects(impacts, probe, view));
  };
  return own.flatMap((line): Match[] => {
    const { kind, packets } = line.stopped.line;
    const isProved = line.doubt === undefined && (!OF_RULES.has(kind) || packets !== undefined);
    const named = isProved ? known.filter(({ confidence }) => confidence === 'proved') : known;
    if (accountsFor(named, line.failed)) return [];
    return [
      provedIf(isProved, {
        at: { node: line.node },
        evidence: evidenceOf(line),
        impact: [
          { kind: 'probes', ids: [...ids(line.touched), ...handedOn(view, line.touched)] },
          ...endpointsOf(line),
          ...untranslated(view, line),
          ...unheard(view, line),
        ],
        basis: line.failed,
      }),
    ];
  });
}

/** Failures of IPv6 that what stops packets on a node may account for: all that goes to, from or through it. */
const felt = (view: View, node: string): string[] =>
  ids(
    networkFailures(view.failing).filter((probe) => {
      const { nodes, overlay, pods, translation } = view.path(probe);
      return [...nodes, ...overlay.flat(), ...pods, ...translation].includes(node);
    }),
  );

/**
 * The same in both families, each by its own probes. Causes that have another name for a line of IPv4 know none of
 * IPv6, which may be stopped in more ways for that.
 */
export const stoppedInFamilies = (
  view: View,
  stops: ReadonlySet<string>,
  special: readonly CatalogueEntry[],
  stopsOfIpv6 = stops,
): Match[] => {
  const { ipv6 } = view;
  const ofIpv6 = ipv6 ? stoppedBy(ipv6, stopsOfIpv6, []) : [];
  return [
    ...stoppedBy(view, stops, special),
    ...ofIpv6.map((match) => ({
      ...match,
      impact: [
        ...match.impact,
        ...(ipv6 && match.location.node !== undefined
          ? [
              { kind: 'probes' as const, ids: felt(ipv6, match.location.node) },
              { kind: 'probes' as const, ids: ids(gatewaysOver(view)) },
            ]
          : []),
      ],
    })),
  ];
};

/** The nodes of a finding. */
export const nodesIn = (locations: readonly Location[]): (string | undefined)[] => locations.map(({ node }) => node);

/** `packets`, or those of IPv6 where no line of these nodes stops any other. */
export function packetsText(
  view: View,
  stops: ReadonlySet<string>,
  nodes: readonly (string | undefined)[],
): 'packets' | 'packets of IPv6' {
  const isAt = ({ node, stopped }: StoppingLine): boolean => stops.has(stopped.stop) && nodes.includes(node);
  return view.ipv6 && linesOf(view.ipv6).some(isAt) && !linesOf(view).some(isAt) ? 'packets of IPv6' : 'packets';
}

/** The programs whose lines stop packets at some nodes; undefined for an operator's own. */
export const ownersAt = (
  view: View,
  stops: ReadonlySet<string>,
  nodes: readonly (string | undefined)[],
): (Owner | undefined)[] => [
  ...new Set(
    [...linesOf(view), ...(view.ipv6 ? linesOf(view.ipv6) : [])]
      .filter(({ node, stopped }) => stops.has(stopped.stop) && nodes.includes(node))
      .map(({ stopped }) => ownerOf(stopped.line)),
  ),
];
