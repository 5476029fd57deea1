import type { ProbeObservation } from '../model/observation.ts';
import { nameOf, nodesAt, type CatalogueEntry, type Request } from './entry.ts';
import type { Placed } from './fold.ts';
import type { View } from './view/view.ts';

/** A second round reads so many nodes at most, and as much of the API: it must stay a matter of seconds. */
const MAX_NODES = 8;

const unique = (values: string[]): string[] => [...new Set(values)].toSorted();

/** Of what is not proved, nodes that so many failed tries touch come first, and so many nodes are read. */
const LEAST_LEFT = 2;
const MOST_COMMON = 3;

/**
 * The nodes that failures without a proved cause have in common: a line of theirs may be the cause. Where they have
 * none in common, as a single failure has not, it may be a line of either end.
 */
function commonNodes(left: readonly ProbeObservation[]): string[] {
  const ends = left.flatMap(({ source, destination, attempts, succeeded }) =>
    unique([source.node, destination.node].filter((name) => name !== undefined)).map((node) => ({
      node,
      failed: attempts - succeeded,
    })),
  );
  const touched = [...Map.groupBy(ends, ({ node }) => node)].map(([node, own]) => ({
    node,
    tries: own.reduce((sum, { failed }) => sum + failed, 0),
  }));
  const common = touched.filter(({ tries }) => tries >= LEAST_LEFT);
  return (common.length > 0 ? common : touched)
    .toSorted((a, b) => b.tries - a.tries || a.node.localeCompare(b.node))
    .slice(0, MOST_COMMON)
    .map(({ node }) => node);
}

/**
 * What would settle the candidates and was not tried yet, bounded; and the state of nodes that failures have in common
 * of which no cause is proved. Nothing is asked for twice.
 */
export function requestsFor(
  view: View,
  candidates: readonly Placed[],
  catalogue: readonly CatalogueEntry[],
  left: readonly ProbeObservation[] = [],
): Request[] {
  const ofApi = new Map<string, Request>();
  const sets = new Map<string, { sets: string[]; codes: string[] }>();
  // One session reads everything that any cause needs.
  const all = unique(catalogue.flatMap((entry) => entry.sets ?? []));
  for (const { entry, match } of candidates) {
    for (const request of match.requests ?? []) if (request.kind !== 'ssh-facts') ofApi.set(nameOf(request), request);
    for (const node of unique([...nodesAt(match.location), ...(match.nodes ?? [])])) {
      const wanted = (entry.sets ?? []).filter((set) => !view.facts.tried(`ssh/${set}`, node));
      if (wanted.length === 0) continue;
      const known = sets.get(node) ?? { sets: [], codes: [] };
      sets.set(node, { sets: all, codes: [...known.codes, entry.code] });
    }
  }
  for (const node of commonNodes(left))
    if (!sets.has(node) && !all.every((set) => view.facts.tried(`ssh/${set}`, node)))
      sets.set(node, { sets: all, codes: ['what no proved cause explains'] });
  for (const { code, asks } of catalogue) {
    for (const request of asks?.(view) ?? []) {
      if (request.kind !== 'ssh-facts') {
        ofApi.set(nameOf(request), request);
        continue;
      }
      if (request.sets.every((set) => view.facts.tried(`ssh/${set}`, request.node))) continue;
      const known = sets.get(request.node) ?? { sets: [], codes: [] };
      sets.set(request.node, { sets: [...known.sets, ...request.sets], codes: [...known.codes, code] });
    }
  }
  const byNode = [...sets].toSorted(([a], [b]) => a.localeCompare(b)).slice(0, MAX_NODES);
  return [
    ...[...ofApi]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .slice(0, MAX_NODES)
      .map(([, request]) => request),
    ...byNode.map(([node, wanted]): Request => ({
      kind: 'ssh-facts',
      node,
      sets: unique(wanted.sets),
      why: `to tell apart: ${unique(wanted.codes).join(', ')}`,
    })),
  ];
}
