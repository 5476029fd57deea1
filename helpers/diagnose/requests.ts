import { nameOf, nodesAt, type CatalogueEntry, type Request } from './entry.ts';
import type { Placed } from './fold.ts';
import type { View } from './view/view.ts';

/** A second round reads so many nodes at most, and as much of the API: it must stay a matter of seconds. */
const MAX_NODES = 8;

const unique = (values: string[]): string[] => [...new Set(values)].toSorted();

/** What would settle the candidates and was not tried yet, bounded. Nothing is asked for twice. */
export function requestsFor(
  view: View,
  candidates: readonly Placed[],
  catalogue: readonly CatalogueEntry[],
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
