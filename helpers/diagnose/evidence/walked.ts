import type { ErrorKind, ProbeObservation } from '../../model/observation.ts';
import { countryOf } from './country.ts';
import { likeProbes, walked, type WalkedProbes } from './probe-walks.ts';
import { networkFailures } from './support.ts';
import type { View } from '../view/view.ts';
import type { Journey, Rewriting, StopAt } from '../walk/journey.ts';
import { OF_THE_CLUSTER, ownerOf } from '../walk/owner.ts';
import type { Line } from '../walk/packet.ts';

/** What a line does to packets that must pass. */
export type Effect = StopAt['stop'] | 'rewritten' | 'astray';

/** The line at which a way ends, or leaves the one that leads where it should. */
interface Turn {
  node: string;
  stop: Effect;
  line: Line;
  on: 'way' | 'answer';
  /** Where it goes instead. */
  to?: string;
}

/** A line of a node's state that stops what failed, and nothing that passes. */
export interface StoppingLine {
  node: string;
  stopped: Turn;
  failed: ProbeObservation[];
  /** What failed altogether and ends there as well, and was walked only once the line was known. */
  later: ProbeObservation[];
  /** All that failed and of which at least some packets end there. */
  touched: ProbeObservation[];
  /** Why it cannot be told whether it stops them; absent where it does. */
  doubt?: string;
  /** Probes that pass, and that the walk leads past the line to where they go. */
  passing: number;
  cited: string[];
}

/** So many different packets are walked at most, of those that failed and of those that passed: a second's work. */
const MOST_FAILED = 60;
const MOST_TOUCHED = 240;
const MOST_PASSED = 120;
/** Whether what was read has something to say about a packet other than that it arrives, or that it was not read. */
const isTurned = (way: Journey): boolean =>
  turnOf(way) !== undefined || (way.kind === 'open' && (way.lost !== undefined || (way.suspects?.length ?? 0) > 0));

/** Whether lines of nodes' states stop, turn or may stop packets of any of some probes. */
export const isAnyTurned = (view: View, probes: readonly ProbeObservation[]): boolean =>
  walked(countryOf(view), likeProbes(view, probes).slice(0, MOST_FAILED)).some(({ ways }) => ways.some(isTurned));

const lineKey = ({ node, stop, line }: Turn): string => `${node} ${stop} ${line.where} ${line.text}`;

/** Whether the answer went to the very address that a packet was given as its source. */
const isLostAt = ({ to }: Rewriting, way: Journey): boolean =>
  way.kind === 'open' && way.lost !== undefined && (to === way.lost || to.startsWith(`${way.lost}:`));

/**
 * Where a way ends or turns. What the network's own programs translate is what they are there for; a rewriting counts
 * before what becomes of the packet after it, that of a source only where the answer is lost by it.
 */
function turnOf(way: Journey): Turn | undefined {
  const rewriting = way.rewritings?.find(
    (each) => !OF_THE_CLUSTER.has(ownerOf(each.line)) && (each.side === 'destination' || isLostAt(each, way)),
  );
  if (rewriting) return { ...rewriting, stop: 'rewritten', on: 'way' };
  if (way.kind === 'stopped') return way;
  return way.kind === 'astray' ? { ...way, stop: 'astray' } : undefined;
}

/** The one line that turns all ways; undefined where one arrives, is not told, or turns at another. */
function stopOf(ways: readonly Journey[]): Turn | undefined {
  const [first, ...others] = ways.map(turnOf);
  return first && others.every((turn) => turn && lineKey(turn) === lineKey(first)) ? first : undefined;
}

/** What is led elsewhere may be answered there, if not as it should. */
const LEADS_ELSEWHERE = new Set<Effect>(['rewritten', 'astray']);
const OF_REFUSALS = new Set<ErrorKind | undefined>(['refused', 'reset']);

/** Whether a probe failed altogether, and as what a line of this effect stops does. */
const failsBy = (probe: ProbeObservation, stop: Effect, lost: ReadonlySet<ProbeObservation>): boolean =>
  probe.succeeded === 0 &&
  (lost.has(probe) || LEADS_ELSEWHERE.has(stop) || (stop === 'refused' && OF_REFUSALS.has(probe.errorKind)));

/** Those first that are likest to what is stopped: they tell soonest that a line does not stop what it seems to. */
function likestFirst(probes: readonly ProbeObservation[], failed: readonly ProbeObservation[]): ProbeObservation[] {
  const [addresses, ports] = [
    new Set(failed.map(({ destination }) => destination.ip)),
    new Set(failed.map(({ destination }) => destination.port)),
  ];
  const likeness = ({ destination }: ProbeObservation): number =>
    Number(addresses.has(destination.ip)) + Number(ports.has(destination.port));
  return probes.toSorted((a, b) => likeness(b) - likeness(a));
}

/** Of a line that stops one packet and not the next that is like it. */
const BY_CHANCE = 'by chance packets that are alike go one way or another';

/** Lines that may stop a packet, of which the state does not say whether they do, and why not. */
const suspectsOf = (ways: readonly Journey[]): { turn: Turn; why?: string }[] =>
  ways.flatMap((way): { turn: Turn; why?: string }[] => {
    if (way.kind === 'stopped' && way.stop === 'untranslated') return [{ turn: way }];
    if (way.kind === 'stopped')
      return ways.some(({ kind }) => kind === 'arrived') ? [{ turn: way, why: BY_CHANCE }] : [];
    return way.kind === 'open' ? (way.suspects ?? []).map((turn) => ({ turn, why: way.why })) : [];
  });

/** Lines of which it is not known whether they stop what failed altogether; none that has counted nothing. */
function likelyLines(
  view: View,
  failing: readonly WalkedProbes[],
  lost: ReadonlySet<ProbeObservation>,
): StoppingLine[] {
  const all = failing.flatMap(({ probes, ways }) => {
    const turns = new Map(suspectsOf(ways).map((suspect) => [lineKey(suspect.turn), suspect]));
    if (stopOf(ways)) return [];
    return [...turns.values()].flatMap(({ turn, why }) => {
      // Where only chance parts its ways, a part of the tries fails.
      const whole = why === undefined ? probes : probes.filter((probe) => failsBy(probe, turn.stop, lost));
      return turn.line.packets === 0 || whole.length === 0 ? [] : [{ turn, why, whole }];
    });
  });
  return [...Map.groupBy(all, ({ turn }) => lineKey(turn)).values()].flatMap((same): StoppingLine[] => {
    const [first] = same;
    if (!first) return [];
    const { turn, why } = first;
    const failed = same.flatMap(({ whole }) => whole);
    const cited = view.nodeState(turn.node)?.cited ?? [];
    return [{ node: turn.node, stopped: turn, failed, later: [], touched: failed, doubt: why, passing: 0, cited }];
  });
}

/** One of each kind first, then a second of each, and so on. */
const inTurns = <T>(all: readonly T[], kindOf: (each: T) => string): T[] =>
  [...Map.groupBy(all, kindOf).values()]
    .flatMap((same) => same.map((each, turn) => ({ each, turn })))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ each }) => each);

/**
 * Packets that failed in one way at one port of one node first, one of each such kind: where a firewall fails hundreds,
 * what fails by something else is walked before the walks come to their end. Of a kind those to other addresses come
 * first: each pod may have rules of its own.
 */
function ofEachKindFirst<T extends { probes: readonly ProbeObservation[] }>(alike: readonly T[]): T[] {
  const kindOf = ({ probes: [probe] }: T): string =>
    probe ? `${probe.errorKind} ${probe.destination.node ?? probe.destination.ip} ${probe.destination.port}` : '';
  const addressOf = ({ probes: [probe] }: T): string => probe?.destination.ip ?? '';
  return inTurns(inTurns(alike, addressOf), kindOf);
}

/** So many tries of a probe do not all take the ways that arrive. */
const NO_CHANCE = 8;

/**
 * Likely lines, but for those of chance that a probe of many tries would have met and has not, or that would stop all
 * packets of one that passes.
 */
function uncontradicted(view: View, lines: readonly StoppingLine[]): StoppingLine[] {
  const isOfChance = ({ doubt }: StoppingLine): boolean => doubt === undefined || doubt === BY_CHANCE;
  if (!lines.some(isOfChance)) return [...lines];
  const passing = view.probes.filter(
    ({ verdict, attempts, succeeded }) => verdict === 'pass' && succeeded === attempts,
  );
  const failed = lines.flatMap((line) => line.failed);
  const passed = walked(countryOf(view), likeProbes(view, likestFirst(passing, failed)).slice(0, MOST_PASSED));
  const keysOf = (turns: readonly (Turn | undefined)[]): string[] =>
    turns.filter((turn) => turn !== undefined).map(lineKey);
  const ofMany = passed.filter(({ probes }) => probes.some(({ attempts }) => attempts >= NO_CHANCE));
  const met = new Set(ofMany.flatMap(({ ways }) => keysOf(ways.map(turnOf))));
  const passedThrough = new Set(passed.flatMap(({ ways }) => keysOf([stopOf(ways)])));
  return lines.filter((line) => {
    const key = lineKey(line.stopped);
    return !isOfChance(line) || !(line.doubt === undefined ? met : passedThrough).has(key);
  });
}

/**
 * Lines of nodes' states that stop probes which failed altogether, by the walk of their packets and answers. A line
 * that would stop a probe that passes as well is none, nor is one whose counter has counted nothing.
 */
export function stoppingLines(view: View): StoppingLine[] {
  const country = countryOf(view);
  const lost = new Set(networkFailures(view.failing));
  const others = view.failing.filter((probe) => !lost.has(probe));
  const alike = ofEachKindFirst(likeProbes(view, [...lost, ...others]));
  const failing = walked(country, alike.slice(0, MOST_FAILED));
  const stopsIn = (groups: readonly WalkedProbes[]) =>
    groups.flatMap(({ probes: own, ways }) => {
      const stopped = stopOf(ways);
      const whole = stopped ? own.filter((probe) => failsBy(probe, stopped.stop, lost)) : [];
      return stopped && stopped.line.packets !== 0 && whole.length > 0 ? [{ probes: whole, stopped }] : [];
    });
  const stops = stopsIn(failing);
  const likely = uncontradicted(view, likelyLines(view, failing, lost));
  if (stops.length === 0) return likely;
  const failed = stops.flatMap(({ probes: own }) => own);
  const touched = new Set([
    ...stops.map(({ stopped }) => stopped.node),
    ...failed.map(({ source, destination }) => source.node ?? destination.node),
  ]);
  const passing = view.probes.filter(
    ({ verdict, source, destination }) => verdict === 'pass' && touched.has(source.node ?? destination.node),
  );
  const passed = walked(country, likeProbes(view, likestFirst(passing, failed)).slice(0, MOST_PASSED));
  // Of a probe whose packets go one way or another by chance, one that passes may have gone the other.
  const contradicted = new Set(passed.flatMap(({ ways }) => stopOf(ways) ?? []).map(lineKey));
  // What a line that is known accounts for is worth a longer look.
  const more = walked(country, alike.slice(MOST_FAILED, MOST_TOUCHED));
  const later = Map.groupBy(stopsIn(more), ({ stopped }) => lineKey(stopped));
  const certain = [...Map.groupBy(stops, ({ stopped }) => lineKey(stopped))].flatMap(([key, all]): StoppingLine[] => {
    const [first] = all;
    if (!first || contradicted.has(key)) return [];
    const isHit = (way: Journey): boolean => {
      const turn = turnOf(way);
      return turn !== undefined && lineKey(turn) === key;
    };
    return [
      {
        node: first.stopped.node,
        stopped: first.stopped,
        failed: all.flatMap(({ probes: own }) => own),
        later: (later.get(key) ?? []).flatMap(({ probes: own }) => own),
        touched: [...failing, ...more].flatMap(({ probes: own, ways }) => (ways.some(isHit) ? own : [])),
        passing: passed.filter(({ ways }) => ways.every(({ kind }) => kind === 'arrived')).length,
        cited: view.nodeState(first.stopped.node)?.cited ?? [],
      },
    ];
  });
  return [...certain, ...likely];
}
