import type { RunContext } from '../../model/run-context.ts';

/**
 * Ordered pairs of nodes to test. All of them up to `fullMeshNodes`; above it each node is tested, in both directions,
 * with the nodes that follow it at distances 1, 2, 4, 8 … in the list: the cost grows with n log n, and every node
 * still has several partners.
 */
export function nodePairs(nodes: string[], fullMeshNodes: number): [from: string, to: string][] {
  if (nodes.length <= fullMeshNodes)
    return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): [string, string] => [from, to]));
  const pairs = new Map<string, [string, string]>();
  for (const [index, from] of nodes.entries()) {
    for (let distance = 1; distance < nodes.length; distance *= 2) {
      const to = nodes[(index + distance) % nodes.length] as string;
      pairs.set(`${from} ${to}`, [from, to]);
      pairs.set(`${to} ${from}`, [to, from]);
    }
  }
  return [...pairs.values()];
}

/** Why a mesh is not the full one; undefined when it is. */
export function samplingNote(context: RunContext): string | undefined {
  const { nodes } = context.topology;
  if (nodes.length <= context.settings.fullMeshNodes) return undefined;
  const tested = nodePairs(
    nodes.map(({ name }) => name),
    context.settings.fullMeshNodes,
  ).length;
  return (
    `${tested} of ${nodes.length * (nodes.length - 1)} ordered pairs are tested: each node with those at distances ` +
    '1, 2, 4, 8 … in both directions'
  );
}
