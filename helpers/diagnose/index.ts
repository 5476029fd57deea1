import type { Finding, Location, Unexplained } from '../model/finding.ts';
import type { Observation, ProbeObservation } from '../model/observation.ts';
import type { Provider } from '../model/topology.ts';
import { catalogue } from './catalogue/index.ts';
import { LAYERS, type CatalogueEntry, type Impact } from './entry.ts';
import { evidenceLines } from './evidence-lines.ts';
import { ids, listed } from './evidence/support.ts';
import { fold, type Placed } from './fold.ts';
import { anyAffects } from './impact.ts';
import { leftovers } from './leftovers.ts';
import { requestsFor } from './requests.ts';
import { soundParts } from './sound.ts';
import type { Request } from './entry.ts';
import { everyProbe, viewOf, type View } from './view/view.ts';

export { nameOf, type Request } from './entry.ts';

export interface Diagnosis {
  /** Proved causes before candidates, and nearer to the root first. */
  findings: Finding[];
  /** What a second round should read to settle candidates; empty when there is nothing to settle. */
  requests: Request[];
  /** Ids of failed probes that no finding explains. */
  unexplained: string[];
  /** The same by place and kind of failure. */
  groups: Unexplained[];
  /** What was looked at and is sound: excluded as a cause. */
  sound: string[];
}

const textOf = (location: Location): string =>
  JSON.stringify(Object.entries(location).toSorted(([a], [b]) => a.localeCompare(b)));

function distinct<T>(values: T[], key: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [key(value), value])).values()].toSorted((a, b) =>
    key(a).localeCompare(key(b), 'en', { numeric: true }),
  );
}

const PROVIDERS: Record<Provider, string> = { hetzner: 'Hetzner Cloud' };

type PlaceWords = readonly [words: string, key: 'service' | 'host' | 'node', all: string];

/** How the place of a remedy is said that does not say it itself. */
const PLACES: readonly PlaceWords[] = [
  ['for', 'service', 'Services'],
  ['for', 'host', 'hosts'],
  ['at', 'node', 'nodes'],
];

/** Advice as one text, with its place; what is for a provider's machines only where one is among the nodes. */
function remedyOf({ remedy }: CatalogueEntry, view: View, locations: Location[]): string {
  const here = new Set([...view.cluster.nodes.values()].map(({ value }) => value.provider));
  const text = remedy(view, locations)
    .filter(({ provider }) => provider === undefined || here.has(provider))
    .map((advice) => (advice.provider ? `${PROVIDERS[advice.provider]}: ${advice.text}` : advice.text))
    .join(' ');
  const place = ([words, key, all]: PlaceWords): string[] => {
    const names = [...new Set(locations.flatMap((location) => location[key] ?? []))];
    if (names.length === 0 || [...names, ...(key === 'node' ? view.nodes : [])].some((each) => text.includes(each)))
      return [];
    return [`${words} ${names.length > 4 ? `each of ${names.length} ${all}` : listed(names, 4)}`];
  };
  const places = PLACES.flatMap(place).join(', ');
  return places === '' ? text : `${places.charAt(0).toUpperCase()}${places.slice(1)}: ${text}`;
}

/** Every probe that failed, those among them that should have been kept out. */
const failedIn = (view: View): ProbeObservation[] => everyProbe(view).filter(({ verdict }) => verdict === 'fail');

/** What matches account for: what they are the cause of, and what they were told by. */
const impactsOf = (placed: readonly Placed[]): Impact[] =>
  placed.flatMap(({ match }) => [...match.impact, { kind: 'probes' as const, ids: match.basis }]);

function unexplained(view: View, kept: readonly Placed[]): ProbeObservation[] {
  const impacts = impactsOf(kept);
  return failedIn(view).filter((probe) => !anyAffects(impacts, probe, view));
}

/** The command that shows that it is fixed, and what it prints then; a run has the last word. */
function verifyOf({ verify, shows }: CatalogueEntry, first: Location, view: View): string {
  const command = verify(first, view);
  const printed = typeof shows === 'function' ? shows(first, view) : shows;
  return printed === undefined ? command : `${command} # prints ${printed}; then netwright run prints HEALTHY`;
}

function findingOf(view: View, entry: CatalogueEntry, placed: Placed[], candidates: Placed[]): Finding {
  const locations = distinct(
    placed.map(({ match }) => match.location),
    textOf,
  );
  const confidence = (placed[0] as Placed).match.confidence;
  const basis = new Set(placed.flatMap(({ match }) => match.basis));
  const rivals = candidates
    .filter((other) => other.entry.code !== entry.code && other.match.basis.some((id) => basis.has(id)))
    .map((other) => other.entry.code);
  const first = locations[0] as Location;
  return {
    code: entry.code,
    title: entry.title(locations, view),
    confidence,
    locations,
    evidence: evidenceLines(
      placed.map(({ match }) => match.evidence),
      view.nodes,
    ),
    remedy: remedyOf(entry, view, locations),
    verify: confidence === 'proved' ? verifyOf(entry, first, view) : entry.parts(first, view),
    rivals: confidence === 'proved' ? [] : [...new Set(rivals)].toSorted(),
    explains: {
      findings: [...new Set(placed.flatMap(({ explains }) => explains))].toSorted(),
      observations: ids(failedIn(view).filter((probe) => anyAffects(impactsOf(placed), probe, view))),
    },
  };
}

/** By family: what fails in one says nothing of the other. */
function leftoversOf(view: View, left: readonly ProbeObservation[], kept: readonly Placed[]): Unexplained[] {
  const own = new Set(view.ipv6 ? everyProbe(view.ipv6) : []);
  const ownIds = new Set(ids([...own]));
  const isNamed = (isIpv6: boolean): boolean =>
    kept.some(({ match: { basis } }) => basis.some((id) => ownIds.has(id)) === isIpv6);
  const [ipv4, ipv6] = [left.filter((probe) => !own.has(probe)), left.filter((probe) => own.has(probe))];
  return [
    ...leftovers(view, ipv4, isNamed(false)),
    ...(view.ipv6 ? leftovers(view.ipv6, ipv6, isNamed(true)) : []),
  ].toSorted((a, b) => b.observations.length - a.observations.length || a.title.localeCompare(b.title));
}

/**
 * Names the causes behind what a run observed. Pure and deterministic; the order of the observations does not matter.
 * What only follows from a cause is folded under it; independent causes are all named; where several explain the same,
 * each is a candidate that lists the others. A cause is `proved` only by direct evidence.
 */
export function diagnose(observations: readonly Observation[]): Diagnosis {
  const view = viewOf(observations);
  const kept = fold(view, catalogue);
  const rank = ({ entry, match }: Placed) =>
    (match.confidence === 'proved' ? 0 : LAYERS.length) + LAYERS.indexOf(entry.layer);
  const groups = Map.groupBy(
    kept.toSorted((a, b) => rank(a) - rank(b) || a.order - b.order),
    ({ entry, match }) => `${match.confidence} ${entry.code}`,
  );
  const [proved, candidates] = (['proved', 'candidate'] as const).map((confidence) =>
    kept.filter(({ match }) => match.confidence === confidence),
  ) as [Placed[], Placed[]];
  const left = unexplained(view, kept);
  return {
    findings: [...groups.values()].map((placed) => findingOf(view, (placed[0] as Placed).entry, placed, candidates)),
    requests: requestsFor(view, candidates, catalogue, unexplained(view, proved)),
    unexplained: ids(left),
    groups: leftoversOf(view, left, kept),
    sound: soundParts(view),
  };
}

/**
 * Ids of failed probes that are left where some problems are accepted: those that no accepted match accounts for, and
 * those on which one that is not accepted rests. Pure.
 */
export function notAccepted(
  observations: readonly Observation[],
  isAccepted: (code: string, location: Location) => boolean,
): string[] {
  const view = viewOf(observations);
  const kept = fold(view, catalogue);
  const [accepted, others] = [true, false].map((wanted) =>
    kept.filter(({ entry, match }) => isAccepted(entry.code, match.location) === wanted),
  ) as [Placed[], Placed[]];
  const basis = new Set(others.flatMap(({ match }) => match.basis));
  const left = new Set(ids(unexplained(view, accepted)));
  const own = [view, ...(view.ipv6 ? [view.ipv6] : [])];
  return ids(own.flatMap(({ failing, forbidden }) => [...failing, ...forbidden])).filter(
    (id) => left.has(id) || basis.has(id),
  );
}
