import type { Observation, ProbeObservation } from '../model/observation.ts';
import { stateOf, type CellState } from './matrix.ts';

/** How a node, or the load balancer, answers those who come in from outside of the pods. */
export interface Entry {
  /** Undefined for the load balancer, which is no node. */
  node?: string;
  /** Undefined where nothing was asked there. */
  nodePort?: CellState;
  ingress?: CellState;
}

const ENTRY_SUITES = ['node-port', 'ingress'];

function stateAt(probes: readonly ProbeObservation[], suite: string): CellState | undefined {
  const own = probes.filter((probe) => probe.suite === suite);
  return own.length > 0 ? stateOf(own) : undefined;
}

/**
 * NodePorts and the ingress at each node that is asked for them, in the order of `nodes`, and the load balancer last.
 * What is not judged is left out. Empty where nothing was asked.
 */
export function entriesOf(observations: readonly Observation[], nodes: readonly string[]): Entry[] {
  const probes = observations.filter(
    (each): each is ProbeObservation =>
      each.type === 'probe' && each.verdict !== 'evidence' && ENTRY_SUITES.includes(each.suite),
  );
  const entry = (own: readonly ProbeObservation[], node?: string): Entry => ({
    ...(node !== undefined && { node }),
    nodePort: stateAt(own, 'node-port'),
    ingress: stateAt(own, 'ingress'),
  });
  const byNode = Map.groupBy(probes, ({ destination }) => destination.node);
  const balancer = probes.filter(({ role }) => role === 'load-balancer');
  return [
    ...nodes.flatMap((node) => (byNode.has(node) ? [entry(byNode.get(node) ?? [], node)] : [])),
    ...(balancer.length > 0 ? [entry(balancer)] : []),
  ];
}
