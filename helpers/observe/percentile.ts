/** The value below which a share of the sorted times lies. */
export function percentileMs(timesMs: number[], share: number): number | undefined {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
