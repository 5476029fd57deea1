import type { Evidence } from '../model/finding.ts';

/** This many sentences of evidence are printed in full; the rest are counted, with their observations. */
const EVIDENCE_SHOWN = 12;

const natural = (a: Evidence, b: Evidence): number => a.text.localeCompare(b.text, 'en', { numeric: true });

/** What sentences have in common that say the same of other nodes, ports or numbers. */
function kindOf(text: string, nodes: readonly string[]): string {
  const names = nodes.toSorted((a, b) => b.length - a.length);
  return names.reduce((rest, node) => rest.replaceAll(node, ''), text).replaceAll(/\d+/g, '');
}

const together = (all: Evidence[], text: string): Evidence => ({
  text,
  observations: [...new Set(all.flatMap(({ observations }) => observations))],
});

/**
 * One line a kind of evidence: the first that says it, and of how many more places the same is true. Kinds stand in the
 * order in which the places' own evidence has them, so that the deciding one is first.
 */
export function evidenceLines(places: readonly (readonly Evidence[])[], nodes: readonly string[]): Evidence[] {
  // By how far in front it stands at any place: a place that lacks a kind must not move the others up.
  const ranked = places.flatMap((evidence) => evidence.map((each, rank) => ({ each, rank })));
  const kinds = [...Map.groupBy(ranked, ({ each }) => kindOf(each.text, nodes)).values()]
    .map((own) => ({
      rank: Math.max(...own.map(({ rank }) => rank)),
      lines: own.map(({ each }) => each).toSorted(natural),
    }))
    .toSorted((a, b) => a.rank - b.rank || natural(a.lines[0] as Evidence, b.lines[0] as Evidence));
  const all = kinds.map(({ lines }) => {
    const [first] = lines as [Evidence];
    const others = new Set(lines.map(({ text }) => text)).size - 1;
    return together(lines, others === 0 ? first.text : `${first.text}; likewise ${others} more`);
  });
  if (all.length <= EVIDENCE_SHOWN) return all;
  const rest = all.slice(EVIDENCE_SHOWN - 1);
  return [...all.slice(0, EVIDENCE_SHOWN - 1), together(rest, `${rest.length} more like these`)];
}
