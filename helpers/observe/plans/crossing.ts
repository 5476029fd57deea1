import type { Crosses, Place, SizeClass } from '../../model/observation.ts';

const pairOf = (from: string | undefined, to: string | undefined): [string, string][] | undefined =>
  from !== undefined && to !== undefined && from !== to ? [[from, to]] : undefined;

const podsOf = (...places: Place[]): string[] | undefined => {
  const nodes = places.flatMap(({ network, node }) => (network === 'pod' && node !== undefined ? [node] : []));
  return nodes.length > 0 ? [...new Set(nodes)] : undefined;
};

/** From one place to another by the other's own address: over the overlay where that is a pod's. */
export const directly = (source: Place, destination: Place, size: SizeClass, more: Partial<Crosses> = {}): Crosses => ({
  underlay: pairOf(source.node, destination.node),
  overlay: destination.network === 'pod' ? pairOf(source.node, destination.node) : undefined,
  pods: podsOf(source, destination),
  size,
  ...more,
});

/** To a Service's address, which the rules of a node translate and whose pods are reached from there. */
export const byService = (
  source: Place,
  service: string | undefined,
  size: SizeClass,
  more: Partial<Crosses> = {},
): Crosses => {
  const nodes = source.node === undefined ? undefined : [source.node];
  return { pods: podsOf(source), translation: nodes, service, servedFrom: nodes ?? [], size, ...more };
};

/** To a port of a node, whose rules send it on to the Service's pods. */
export const byNodePort = (source: Place, node: string, service: string, size: SizeClass): Crosses => ({
  underlay: pairOf(source.node, node),
  pods: podsOf(source),
  translation: [node],
  service,
  servedFrom: [node],
  size,
});
