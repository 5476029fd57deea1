import { LOSS_ERROR_RATE, LOSS_WITHOUT_FAULT, WHOLE_SHARE } from '../../model/thresholds.ts';
import type { Location } from '../../model/finding.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { binomialTail, logLikelihood, wilsonInterval } from './statistics.ts';

/** So many echoes must have lost a part before loss is named by all datagrams together, whatever bursts say. */
const PLAIN_LOSS_PROBES = 3;

type Direction = readonly [from: string, to: string];

/** What one probe says of loss: datagrams that went, those that did not come, and the directions that each passed. */
interface Trip {
  probe: ProbeObservation;
  directions: Direction[];
  isUnderlay: boolean;
  sent: number;
  lost: number;
}

/** A place that loses a part of what passes it, by all datagrams of the run together. */
export interface LossyPlace {
  locations: Location[];
  nodes: string[];
  /** What passes it: the directions of all that was counted. */
  directions: Direction[];
  sent: number;
  lost: number;
  elsewhere: { sent: number; lost: number };
  underlay: { sent: number; lost: number };
  /** What never leaves its nodes. */
  within: { sent: number; lost: number };
  /** Wilson's interval of its share, 95 %. */
  interval: [low: number, high: number];
  probes: ProbeObservation[];
}

/** A burst passes one way, counted where it arrives; an echo passes both. What is lost whole is not lost by chance. */
function tripOf(probe: ProbeObservation): Trip[] {
  const { source, destination, attempts, succeeded, crosses } = probe;
  if (!isJudged(probe) || source.node === undefined || destination.node === undefined) return [];
  const there: Direction = [source.node, destination.node];
  if (probe.kind === 'burst') {
    const { outcome, readings } = probe.got;
    const { sent, tunnelRx } = readings;
    const isTold = probe.role === 'burst' && (outcome === 'open' || outcome === 'lossy') && tunnelRx !== undefined;
    return isTold ? [{ probe, directions: [there], isUnderlay: false, sent, lost: Math.max(0, sent - tunnelRx) }] : [];
  }
  // Where a Service's address is translated, a flow is led to one of its endpoints, and all of it is lost with that.
  if (probe.kind !== 'udp-echo' || succeeded === 0 || (crosses.translation ?? []).length > 0) return [];
  const back: Direction = [destination.node, source.node];
  const isUnderlay = (crosses.overlay ?? []).length === 0;
  // A question and its answer are two datagrams, of which one is lost where no answer comes.
  return [{ probe, directions: [there, back], isUnderlay, sent: 2 * attempts, lost: attempts - succeeded }];
}

const isWithin = ({ probe: { source, destination } }: Trip): boolean => source.node === destination.node;

const total = (trips: readonly Trip[]): { sent: number; lost: number } => ({
  sent: trips.reduce((sum, { sent }) => sum + sent, 0),
  lost: trips.reduce((sum, { lost }) => sum + lost, 0),
});

interface Place {
  locations: Location[];
  nodes: string[];
  has: (direction: Direction) => boolean;
}

/** Nodes, the ways into and out of each, pairs, directions, and all of them: where a loss may be. */
function placesOf(trips: readonly Trip[]): Place[] {
  const directions = [
    ...new Map(trips.flatMap((trip) => trip.directions).map((each) => [each.join(' '), each])).values(),
  ];
  const nodes = [...new Set(directions.flat())].toSorted();
  const between = nodes.flatMap((a, index) => nodes.slice(index + 1).map((b): Direction => [a, b]));
  return [
    // Of two nodes, each is the pair, and so is all.
    ...(nodes.length > 2
      ? [
          { locations: [{}], nodes, has: () => true },
          ...nodes.flatMap((node) => [
            { locations: [{ node }], nodes: [node], has: (each: Direction) => each.includes(node) },
            { locations: [{ node }], nodes: [node], has: (each: Direction) => each[1] === node },
            { locations: [{ node }], nodes: [node], has: (each: Direction) => each[0] === node },
          ]),
        ]
      : []),
    ...between.map(([a, b]) => ({
      locations: [
        { from: a, to: b },
        { from: b, to: a },
      ],
      nodes: [a, b],
      has: (each: Direction) => each.includes(a) && each.includes(b),
    })),
    ...directions.map(([from, to]) => ({
      locations: [{ from, to }],
      nodes: [from, to],
      has: (each: Direction) => each[0] === from && each[1] === to,
    })),
  ];
}

/** So many datagrams that never leave a node, and all come, show that it keeps up with its own, however busy it is. */
const KEEPS_UP_SENT = 40;

/** Nodes of which it is known that they were too busy to answer, and that have lost datagrams of their own, or few. */
function busyNodes(view: View, within: readonly Trip[]): Set<string> {
  const late = view.probes.flatMap(({ source, destination, verdict, kind, errorKind }) =>
    verdict === 'inconclusive' && errorKind === 'not-observed' && kind === 'udp-echo'
      ? [source.node, destination.node].filter((name) => name !== undefined)
      : [],
  );
  const keepsUp = (node: string): boolean => {
    const own = total(within.filter(({ probe }) => probe.source.node === node));
    return own.lost === 0 && own.sent >= KEEPS_UP_SENT;
  };
  return new Set(late.filter((node) => !keepsUp(node)));
}

/**
 * The place that loses a part of all datagrams that pass it, one that explains best which were lost: a node, a pair, a
 * direction, or all; then the next among those that do not touch it. Each is one only where the datagrams lost there
 * are more than `LOSS_WITHOUT_FAULT` allows, by a binomial test with the error rate `LOSS_ERROR_RATE` for the whole
 * run, divided by the number of places (Bonferroni). Nodes that were too busy to answer are left out, unless they lose
 * nothing of their own: they lose by themselves. `known` are directions of which the loss is told already.
 */
export function lossyPlaces(view: View, known: ReadonlySet<string>): LossyPlace[] {
  const all = view.probes.flatMap(tripOf);
  const within = all.filter(isWithin);
  const busy = busyNodes(view, within);
  let trips = all.filter(
    (trip) =>
      !isWithin(trip) &&
      !busy.has(trip.probe.source.node ?? '') &&
      !busy.has(trip.probe.destination.node ?? '') &&
      !trip.directions.some((each) => known.has(each.join(' '))),
  );
  const places = placesOf(trips);
  const found: LossyPlace[] = [];
  for (;;) {
    const best = places
      .flatMap((place) => {
        const own = trips.filter(({ directions }) => directions.some(place.has));
        const [here, whole] = [total(own), total(trips)];
        const elsewhere = { sent: whole.sent - here.sent, lost: whole.lost - here.lost };
        const chance = binomialTail(here.lost, here.sent, LOSS_WITHOUT_FAULT) * places.length;
        // One place of many fits a little better by chance than all of them: that much it must be better.
        const price = elsewhere.sent === 0 ? 0 : Math.log(places.length) + 1;
        const likelihood = logLikelihood(here.lost, here.sent) + logLikelihood(elsewhere.lost, elsewhere.sent) - price;
        const isMore = elsewhere.sent === 0 || here.lost * elsewhere.sent > elsewhere.lost * here.sent;
        return chance <= LOSS_ERROR_RATE && isMore ? [{ place, own, here, elsewhere, likelihood }] : [];
      })
      .toSorted((a, b) => b.likelihood - a.likelihood)[0];
    if (!best) return found;
    const { place, own, here, elsewhere } = best;
    trips = trips.filter((trip) => !own.includes(trip));
    const echoes = own.filter(({ probe, lost }) => probe.kind === 'udp-echo' && lost > 0);
    const underlay = total(own.filter(({ isUnderlay }) => isUnderlay));
    const overlay = total(own.filter(({ isUnderlay }) => !isUnderlay));
    // What the overlay alone loses is not lost between the nodes.
    const isOfOverlay =
      underlay.lost === 0 && binomialTail(1, underlay.sent, overlay.lost / overlay.sent) > WHOLE_SHARE;
    if (echoes.length < PLAIN_LOSS_PROBES || isOfOverlay) continue;
    found.push({
      locations: place.locations,
      nodes: place.nodes,
      directions: own.flatMap(({ directions }) => directions),
      ...here,
      elsewhere,
      underlay,
      within: total(within.filter(({ probe }) => place.nodes.includes(probe.source.node ?? ''))),
      interval: wilsonInterval(here.lost, here.sent),
      probes: own.filter(({ lost }) => lost > 0).map(({ probe }) => probe),
    });
  }
}
