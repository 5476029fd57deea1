import type { Hole } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import { whyUnserved } from '../observe/unserved-ingress.ts';

/** Worded like a probe that was never rolled out: for the reader they are the same. */
function servingHole(notObserved: string, node = 'a node'): Hole {
  const [, network, why] = /^the (pod|host) network's probe: (.*)$/s.exec(notObserved) ?? [];
  return {
    what: network ? `the ${network} network of ${node}` : `the probe on ${node}`,
    why: why ?? notObserved,
    node,
  };
}

/** What is the same for each of several nodes, all of them, is one hole. */
function saidOnce(holes: Hole[], nodes: number): Hole[] {
  const alike = [...Map.groupBy(holes, ({ why }) => why)];
  return alike.flatMap(([why, each]): Hole[] => {
    const isOfAll = nodes > 1 && new Set(each.map(({ node }) => node)).size === nodes;
    return isOfAll ? [{ what: 'the probes on every node', why }] : each;
  });
}

/** NodePorts that a node's proxy does not serve at localhost, a line a node. */
function notAtLocalhost(observations: Observation[]): Hole[] {
  const silent = observations.filter(
    (each) => each.type === 'probe' && each.role === 'on-node-ssh' && each.verdict === 'evidence',
  );
  const byNode = new Map(
    silent.flatMap((each) => (each.type === 'probe' ? [[each.source.node, each.reason] as const] : [])),
  );
  return [...byNode].map(([node, why = 'not served']) => ({
    what: `NodePorts at localhost of ${node}`,
    why,
    node,
    isByChoice: true,
  }));
}

/** Hosts that no controller that was asked serves, and need not. */
function notServed(observations: Observation[]): Hole[] {
  const hosts = new Map(
    observations.flatMap((each) => {
      const why = each.type === 'probe' && each.verdict === 'evidence' ? whyUnserved(each.reason) : undefined;
      return each.type === 'probe' && why !== undefined ? [[each.destination.name ?? '', why] as const] : [];
    }),
  );
  return [...hosts].map(([host, why]) => ({ what: `the host ${host}`, why, isByChoice: true }));
}

/** Facts that could not be read, as holes of the report: what was said once about a node is said once. */
export function holesIn(observations: Observation[]): Hole[] {
  const holes = observations.flatMap((observation): Hole[] =>
    observation.type === 'fact' && observation.notObserved !== undefined && observation.key === 'probe-serving'
      ? [servingHole(observation.notObserved, observation.node)]
      : [],
  );
  const unheard = observations.flatMap((observation) =>
    observation.type === 'probe' && observation.errorKind === 'lost-exec' ? [observation] : [],
  );
  const nodes = new Set(
    observations.flatMap((each) => (each.type === 'fact' && each.key === 'node' ? [each.node] : [])),
  );
  const byNode = Map.groupBy(unheard, (observation) => observation.source.node);
  return [
    ...saidOnce(holes, nodes.size),
    ...notAtLocalhost(observations),
    ...notServed(observations),
    ...[...byNode].map(([node, probes]): Hole => ({
      what: `${probes.length} probe${probes.length === 1 ? '' : 's'} from ${node ?? 'the runner'}`,
      why: probes[0]?.reason ?? 'not heard',
      ...(node !== undefined && { node }),
    })),
  ];
}
