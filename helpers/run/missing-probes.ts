import type { Hole } from '../model/finding.ts';
import type { NodeInfo } from '../model/topology.ts';
import type { ProbePod } from '../model/run-context.ts';

/** A probe that does not run on a node that is Ready. */
export interface Missing {
  node: string;
  network: ProbePod['network'];
  why: string;
  /** Whether the cluster does not want it, rather than that it could not start. */
  isRefused: boolean;
}

/** What cannot be looked at for want of probes: said once where it is the same on every node. */
export function holesOf(missing: readonly Missing[], nodes: readonly NodeInfo[]): Hole[] {
  const ready = nodes.filter((node) => node.ready);
  const alike = Map.groupBy(missing, ({ network, why }) => `${network} ${why}`);
  const ofNetworks = [...alike.values()].flatMap((each): Hole[] => {
    const [{ network, why }] = each as [Missing];
    if (each.length > 1 && each.length === ready.length) return [{ what: `the ${network} network of every node`, why }];
    return each.map(({ node }) => ({ what: `the ${network} network of ${node}`, why, node }));
  });
  const ofNodes = nodes
    .filter((node) => !node.ready)
    .map(({ name, notReadyReason }) => ({
      what: `everything from and to ${name}`,
      why: `the node is not Ready: ${notReadyReason ?? 'no reason is given'}`,
      node: name,
    }));
  return [...ofNodes, ...ofNetworks];
}
