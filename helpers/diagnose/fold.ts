import type { ProbeObservation } from '../model/observation.ts';
import { nodesAt, type CatalogueEntry, type Impact, type Match } from './entry.ts';
import { anyAffects } from './impact.ts';
import { everyProbe, type View } from './view/view.ts';

/** A match that is kept, with what it stands for. */
export interface Placed {
  entry: CatalogueEntry;
  match: Match;
  /** Place in the catalogue. */
  order: number;
  /** Codes of what is folded under it. */
  explains: string[];
}

/** Whether a cause, once proved, explains another that is found at the same place. */
const explains = (cause: CatalogueEntry, { dependsOn, yieldsTo = [] }: CatalogueEntry): boolean =>
  dependsOn.includes(cause) || yieldsTo.includes(cause);

/**
 * Whether two matches are of different nodes. What is a narrower name of the same state (`yieldsTo`) is one at the same
 * node: a second node with a fault of its own is a second fault, though the first may touch the same probes.
 */
function areElsewhere(one: Placed, other: Placed): boolean {
  const [here, there] = [nodesOf(one.match), nodesOf(other.match)];
  return here.length > 0 && there.length > 0 && !here.some((node) => there.includes(node));
}

/** The causes that are kept among those from which one follows, by however many steps. */
function rootsOf(placed: Placed, causesOf: ReadonlyMap<Placed, Placed[]>): Placed[] {
  const causes = causesOf.get(placed) ?? [];
  return causes.length === 0 ? [placed] : causes.flatMap((cause) => rootsOf(cause, causesOf));
}

const nodesOf = ({ location, nodes = [] }: Match): string[] => [...nodesAt(location), ...nodes];

const impactsOf = (placed: Placed[]): Impact[] => placed.flatMap(({ match }) => match.impact);

/** What rests on evidence alone, as on a port that need not be open, hurts nobody, and is no cause of anything. */
function onlyFelt(placed: Placed[], view: View): Placed[] {
  const evidence = new Set(everyProbe(view).flatMap(({ verdict, id }) => (verdict === 'evidence' ? [id] : [])));
  return placed.filter(({ match: { basis } }) => basis.length === 0 || basis.some((id) => !evidence.has(id)));
}

class Folding {
  readonly #view: View;
  readonly #probes: ReadonlyMap<string, ProbeObservation>;

  constructor(view: View) {
    this.#view = view;
    this.#probes = new Map(everyProbe(view).map((probe) => [probe.id, probe]));
  }

  #covered(ids: string[], impacts: Impact[]): boolean {
    return (
      ids.length > 0 &&
      ids.every((id) => {
        const probe = this.#probes.get(id);
        return probe !== undefined && anyAffects(impacts, probe, this.#view);
      })
    );
  }

  /** The proved cause of which this proved one is a consequence, if any: one it depends on, at the same place. */
  causeOfProved(placed: Placed, proved: Placed[]): Placed[] {
    const cause = proved.find((other) => {
      if (!explains(other.entry, placed.entry)) return false;
      if (!placed.entry.dependsOn.includes(other.entry) && areElsewhere(placed, other)) return false;
      const nodes = nodesOf(other.match);
      return placed.match.basis.length > 0
        ? this.#covered(placed.match.basis, other.match.impact)
        : nodesOf(placed.match).some((node) => nodes.includes(node));
    });
    return cause ? [cause] : [];
  }

  /** The proved causes that account for all that a candidate would account for. */
  causesOfCandidate(placed: Placed, proved: Placed[]): Placed[] {
    if (!this.#covered(placed.match.basis, impactsOf(proved))) return [];
    const touched = placed.match.basis.map((id) => this.#probes.get(id)).filter((probe) => probe !== undefined);
    return proved.filter((other) => touched.some((probe) => anyAffects(other.match.impact, probe, this.#view)));
  }

  /** Candidates that it depends on and that account for the same. */
  candidateCauses(placed: Placed, candidates: Placed[]): Placed[] {
    const causes = candidates.filter((other) => placed.entry.dependsOn.includes(other.entry));
    return this.#covered(placed.match.basis, impactsOf(causes)) ? causes : [];
  }
}

/**
 * Runs the catalogue and keeps what is a cause: proved ones that do not follow from another, and candidates for what no
 * proved cause accounts for. What falls away is named in `explains` of what it follows from.
 */
export function fold(view: View, catalogue: readonly CatalogueEntry[]): Placed[] {
  const all = catalogue
    .filter(({ layer, reads }) => layer !== 'undetermined' && !(reads === 'ipv4' && view.isOfIpv6Alone))
    .flatMap((entry, order) => entry.match(view).map((match): Placed => ({ entry, match, order, explains: [] })));
  const placed = onlyFelt(all, view);
  const folding = new Folding(view);
  // What each that falls away follows from, which may fall away itself.
  const causesOf = new Map<Placed, Placed[]>();
  const falls = (each: Placed, causes: Placed[]): boolean => {
    if (causes.length > 0) causesOf.set(each, causes);
    return causes.length > 0;
  };
  const proved = placed.filter(({ match }) => match.confidence === 'proved');
  const roots = proved.filter((each) => !falls(each, folding.causeOfProved(each, proved)));
  const open = placed.filter(
    (each) => each.match.confidence === 'candidate' && !falls(each, folding.causesOfCandidate(each, proved)),
  );
  const candidates = open.filter((each) => !falls(each, folding.candidateCauses(each, open)));
  for (const [each, causes] of causesOf)
    for (const cause of causes)
      if (explains(cause.entry, each.entry))
        for (const root of rootsOf(cause, causesOf)) root.explains.push(each.entry.code);
  return [...roots, ...candidates, ...undetermined(view, catalogue, [...roots, ...candidates])];
}

/** Where pods of two nodes fail to reach each other and nothing kept accounts for it, that much is said. */
function undetermined(view: View, catalogue: readonly CatalogueEntry[], kept: Placed[]): Placed[] {
  const impacts = impactsOf(kept);
  return catalogue.flatMap((entry, order) =>
    entry.layer === 'undetermined'
      ? entry
          .match(view)
          .filter(
            ({ basis }) =>
              !basis.every((id) => view.probes.some((probe) => probe.id === id && anyAffects(impacts, probe, view))),
          )
          .map((match): Placed => ({ entry, match, order, explains: [] }))
      : [],
  );
}
