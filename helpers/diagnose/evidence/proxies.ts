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

export function proxiesStopped(view: View): StoppedProxy[] {
  const seen = view.nodes.flatMap((node) => {
    const { sockets } = view.host(node);
    return sockets && Array.isArray(sockets.value.tcp)
      ? [{ node, id: sockets.id, listens: sockets.value.tcp.some(({ port }) => port === HEALTH_PORT) }]
      : [];
  });
  const other = seen.find(({ listens }) => listens);
  if (!other) return [];
  return seen
    .filter(({ listens }) => !listens)
    .map(({ node, id }) => ({ node, other: other.node, ids: [id, other.id] }));
}
