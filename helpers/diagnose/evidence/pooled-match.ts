import { LOSS_ERROR_RATE, LOSS_WITHOUT_FAULT } from '../../model/thresholds.ts';
import { dropTakes, dropWords } from '../firewall/drops.ts';
import type { Match as RuleMatch } from '../../model/firewall.ts';
import type { Match } from '../entry.ts';
import { anyAffects } from '../impact.ts';
import { candidate } from '../match.ts';
import type { View } from '../view/view.ts';
import { lossyPlaces, type LossyPlace } from './pooled-loss.ts';
import { count, ids, listed, placeOf, say } from './support.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const ofAll = ({ lost, sent }: { lost: number; sent: number }): string => `${lost} of ${sent}`;

/** Whether a match holds for one packet and not for the next that is like it. */
const isByChance = (match: RuleMatch): boolean =>
  match.kind === 'chance' ||
  match.kind === 'rate' ||
  (match.kind === 'is' && match.of.some(({ field }) => field === 'numgen random' || field === 'numgen inc'));

/** Rules of a place's nodes that drop UDP by chance, or above a rate: what is lost may be lost by them. */
function droppingByChance(
  view: View,
  nodes: readonly string[],
): { words: string[]; cited: string[]; areRead: boolean } {
  const read = nodes.map((node) => ({ node, ssh: view.ssh(node) }));
  const words = read.flatMap(({ node, ssh }) =>
    (ssh.firewall?.drops ?? [])
      .filter(
        (drop) =>
          drop.packets !== 0 && dropTakes(drop, { protocol: 'udp' }) !== 'none' && drop.matches.some(isByChance),
      )
      .map((drop) => `${node}, ${dropWords(drop)}`),
  );
  return {
    words,
    cited: read.flatMap(({ ssh }) => ssh.rulesets),
    areRead: read.every(({ ssh }) => ssh.firewall !== undefined),
  };
}

/** What may lose them: the way between nodes, or rules of the nodes that drop by chance. */
export type Loser = 'path' | 'rule';

function matchOf(view: View, place: LossyPlace, loser: Loser): Match[] {
  const { locations, nodes, sent, lost, elsewhere, underlay, within, interval, probes } = place;
  const impact = [
    ...new Map(
      place.directions.map(([from, to]) => [`${from} ${to}`, { kind: 'underlay' as const, from, to }]),
    ).values(),
  ];
  // What asks a Service by datagrams passes the place as well.
  const failed = view.failing.filter(
    (probe) => probe.kind === 'udp-echo' && probe.errorKind === 'partial-loss' && anyAffects(impact, probe, view),
  );
  const touched = new Set(nodes);
  const failsOtherwise = view.failing.some(
    ({ source, destination }) => touched.has(source.node ?? '') || touched.has(destination.node ?? ''),
  );
  // Where nothing fails by it, what all tolerate is no story of its own beside another, nor that of a busy node.
  if (failed.length === 0 && (failsOtherwise || within.lost > 0)) return [];
  const rules = droppingByChance(view, nodes);
  const isOfRule = rules.words.length > 0 || (within.lost > 0 && !rules.areRead);
  if ((loser === 'rule') !== isOfRule) return [];
  return locations.map((location) =>
    candidate({
      at: location,
      nodes,
      evidence: [
        say(
          `of all datagrams that pass ${placeOf([location])} ${ofAll({ lost, sent })} are lost, ` +
            `${percent(lost / sent)} (95 %: ${percent(interval[0])} to ${percent(interval[1])}), and ` +
            `${ofAll(elsewhere)} of those that do not; more than ${percent(LOSS_WITHOUT_FAULT)} would be lost ` +
            `there by chance in fewer than ${LOSS_ERROR_RATE * 1000} of 1000 runs`,
          ...ids(probes),
        ),
        say(`between the nodes’ own addresses ${ofAll(underlay)} are lost`),
        within.lost > 0 &&
          say(
            `of what never leaves ${listed(nodes)} ${ofAll(within)} are lost too: by its rules, its load or its ` +
              'buffers',
          ),
        rules.words.length > 0 && say(`a rule drops by chance: ${listed(rules.words)}`, ...rules.cited),
        rules.areRead &&
          rules.words.length === 0 &&
          say(`no rule of ${listed(nodes)} drops UDP by chance or above a rate`, ...rules.cited),
        failed.length === 0 && say(`${count(probes.length, 'probe')} lose a part, none so much that it fails`),
      ],
      impact,
      basis: failed,
    }),
  );
}

/**
 * Places that lose a part of what passes them, by all datagrams of the run together, where it is lost by the way or by
 * rules. Candidates: a count tells where, and not by what. `known` are ordered pairs of which it is told already.
 */
export const pooledLoss = (view: View, loser: Loser, known: ReadonlySet<string> = new Set()): Match[] =>
  lossyPlaces(view, known).flatMap((place) => matchOf(view, place, loser));
