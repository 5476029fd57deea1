import { qualified } from '../view/cluster.ts';
import type { View } from '../view/view.ts';

/** kube-proxy's own health port, which it opens on every node. */
export const HEALTH_PORT = 10256;

/** A node on which kube-proxy does not run, beside one on which it does. */
export interface StoppedProxy {
  node: string;
  other: string;
  /** What the two nodes listen at. */
  ids: string[];
}

/** Nodes that have taken in Netwright's own Service, which is of this run: who translates there does so now. */
function keepsUp(view: View): Set<string | undefined> {
  const own = new Set(view.cluster.services.filter(({ value }) => value.isOwn === true).map(qualified));
  const answered = view.probes.filter(
    (probe) => probe.role === 'service' && probe.verdict === 'pass' && own.has(view.path(probe).service ?? ''),
  );
  return new Set(answered.map(({ source }) => source.node));
}

/** Nodes without kube-proxy's health port, which other nodes have, but those that translate all the same. */
export function proxiesStopped(view: View): StoppedProxy[] {
  const seen = view.nodes.flatMap((node) => {
    const { sockets } = view.host(node);
    return sockets && Array.isArray(sockets.value.tcp)
      ? [{ node, id: sockets.id, listens: sockets.value.tcp.some(({ port }) => port === HEALTH_PORT) }]
      : [];
  });
  const other = seen.find(({ listens }) => listens);
  if (!other) return [];
  const keeping = keepsUp(view);
  return seen
    .filter(({ node, listens }) => !listens && !keeping.has(node))
    .map(({ node, id }) => ({ node, other: other.node, ids: [id, other.id] }));
}
