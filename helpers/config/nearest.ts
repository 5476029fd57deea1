/**
 * Edits (insert, delete, replace, swap of neighbours) that lead from one text to the other: optimal string alignment.
 */
export function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const [above = [], beforeAbove] = [rows[i - 1], rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const best = Math.min((row[j - 1] ?? 0) + 1, (above[j] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(swapped ? Math.min(best, (beforeAbove?.[j - 2] ?? 0) + 1) : best);
    }
    rows.push(row);
  }
  return rows[from.length]?.[to.length] ?? 0;
}

/** The known name that is meant, when one is near enough: at most a third of the name's own part is wrong. */
export function nearestName(name: string, known: Iterable<string>, prefix = ''): string | undefined {
  const own = name.slice(prefix.length);
  const ranked = [...known]
    .map((candidate) => ({ candidate, distance: editDistance(own, candidate.slice(prefix.length)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(own.length / 3)) ? best.candidate : undefined;
}
