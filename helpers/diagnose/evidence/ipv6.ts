import type { ProbeObservation } from '../../model/observation.ts';
import type { View } from '../view/view.ts';
import { isOfGateway } from '../view/answers.ts';
import { qualified } from '../view/cluster.ts';
import { verdictOf } from '../view/pairs.ts';
import { isSmallMesh, networkFailures, overlayProbes } from './support.ts';

/** The cluster by IPv6: beside IPv4, or alone. */
export const ipv6Of = (view: View): View | undefined => (view.isOfIpv6Alone ? view : view.ipv6);

/** Failures of IPv6 of which a node's pods, its rules or its part of the overlay may be the reason. */
export function ipv6FailuresAt(view: View, node: string): ProbeObservation[] {
  const ipv6 = ipv6Of(view);
  return ipv6
    ? networkFailures(ipv6.failing).filter((probe) => {
        const { overlay, pods, translation } = ipv6.path(probe);
        return [...overlay.flat(), ...pods, ...translation].includes(node);
      })
    : [];
}

/**
 * What an ingress answers for pods of both families, of which it takes one or the other: who asked it by IPv4 may get
 * to feel what is broken in IPv6.
 */
export const gatewaysOver = (view: View): ProbeObservation[] => {
  const ofBoth = new Set(
    view.cluster.services
      .filter(({ value: { endpoints } }) => endpoints.some(({ family }) => family === 'IPv6'))
      .map(qualified),
  );
  return [...view.failing, ...(view.ipv6?.failing ?? [])].filter(
    (probe) => probe.suite === 'ingress' && isOfGateway(probe) && ofBoth.has(view.path(probe).service ?? ''),
  );
};

/** How the small probes of the mesh fare between the pods of two nodes in a family; undefined where none was made. */
export const meshBetween = (view: View, a: string, b: string): 'pass' | 'fail' | undefined =>
  verdictOf(overlayProbes(view, a, b).filter(isSmallMesh));

/** Pairs of nodes, each once. */
export const unorderedPairs = (nodes: readonly string[]): [string, string][] =>
  nodes.flatMap((a, index) => nodes.slice(index + 1).map((b): [string, string] => [a, b]));

/** Whether the nodes' own IPv6 addresses answer each other; undefined where it was not observed. */
export const ipv6BetweenNodes = ({ ipv6 }: View, a: string, b: string): 'pass' | 'fail' | undefined =>
  verdictOf(
    [...(ipv6?.pair(a, b)?.probes ?? []), ...(ipv6?.pair(b, a)?.probes ?? [])].filter(
      (probe) => probe.pathClass === 'host-host' && isSmallMesh(probe),
    ),
  );
