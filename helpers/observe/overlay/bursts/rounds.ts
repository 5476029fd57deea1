/**
 * Orders pairs into rounds in which every node sends to one node at most and hears from one at most: what a receiver's
 * counters rise by in a round then belongs to one sender. Greedy; a full mesh of n nodes takes n - 1 rounds.
 */
export function roundsOf(pairs: [from: string, to: string][], nodes: string[]): [from: string, to: string][][] {
  const position = new Map(nodes.map((name, index) => [name, index]));
  const distance = ([from, to]: [string, string]) =>
    ((position.get(to) ?? 0) - (position.get(from) ?? 0) + nodes.length) % nodes.length;
  return [...Map.groupBy(pairs, distance)].toSorted(([a], [b]) => a - b).map(([, round]) => round);
}
