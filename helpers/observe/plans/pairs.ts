import type { RunContext } from '../../model/run-context.ts';

export type NodePair = [from: string, to: string];

/**
 * The ordered pairs of nodes that are tested: every plan takes its own from these. All of them up to `fullMeshNodes`;
 * above it each node is tested, in both directions, with the nodes that follow it in the list at distances 1, 2, 4,
 * 8 …: the cost grows with n log n, and every node still has several partners.
 */
export function pairsOf({ topology, settings }: Pick<RunContext, 'topology' | 'settings'>): NodePair[] {
  const nodes = topology.nodes.map(({ name }) => name);
  if (nodes.length <= settings.fullMeshNodes)
    return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): NodePair => [from, to]));
  const pairs = new Map<string, NodePair>();
  for (const [index, from] of nodes.entries()) {
    for (let distance = 1; distance < nodes.length; distance *= 2) {
      const to = nodes[(index + distance) % nodes.length] as string;
      pairs.set(`${from} ${to}`, [from, to]);
      pairs.set(`${to} ${from}`, [to, from]);
    }
  }
  return [...pairs.values()];
}

/**
 * Whether something on one node is asked from another: where the two are a pair, or the same node. What has no node is
 * asked from everywhere.
 */
export function askingOf(context: RunContext): (from: string, to: string | undefined) => boolean {
  const partners = new Map(
    [...Map.groupBy(pairsOf(context), ([from]) => from)].map(([from, pairs]) => [
      from,
      new Set(pairs.map(([, to]) => to)),
    ]),
  );
  return (from, to) => to === undefined || from === to || partners.get(from)?.has(to) === true;
}

/**
 * Why the mesh is sampled, in words for all plans, and what is seen of what fails alone; undefined where it is full. A
 * pair that fails alone is any of all pairs, so it is among those tested with their share. What parts a node or a group
 * of nodes from all others, in one direction too, is met by some pair for certain: those of distance 1 are a ring,
 * which every group leaves.
 */
export function samplingNote(context: RunContext): string | undefined {
  const { nodes } = context.topology;
  if (nodes.length <= context.settings.fullMeshNodes) return undefined;
  const [tested, all] = [pairsOf(context).length, nodes.length * (nodes.length - 1)];
  return (
    `${tested} of ${all} ordered pairs are tested: each node with those at distances 1, 2, 4, 8 … in both ` +
    'directions. This holds for probes, endpoints, NodePorts, kubelets and the overlay. What parts a node or a group ' +
    'of them from all others is seen for certain; what fails in one direction between two nodes alone with a chance ' +
    `of ${Math.round((100 * tested) / all)} %`
  );
}
