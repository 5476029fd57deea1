import type { LabSettings } from './makes/settings.ts';
import { labPaths, namespaceOf } from './paths.ts';
import { initPid } from './processes.ts';
import { labSsh, type LabSsh } from './ssh.ts';
import { readState } from './state.ts';
import { outsideOf, type LabNode, type TopologySpec } from './topology.ts';

export interface LabNodeStatus extends LabNode {
  /** Its network namespace, as `ip netns` lists it. */
  namespace: string;
  /** Host pid of the node's first process; null when the node is not running. */
  pid: number | null;
}

/** What `lab status --json` prints: enough to break things by hand. */
export interface LabStatus {
  name: string;
  topology: TopologySpec;
  /** In what it may differ from the usual lab. */
  settings: LabSettings;
  phase: 'starting' | 'up';
  /** Namespace of the bridge between the nodes. */
  fabric: string;
  /** Namespace from which the lab can be reached. */
  runner: string;
  edge: { namespace: string; loadBalancer: string; resolver: string };
  kubeconfig: string;
  ssh: LabSsh;
  nodes: LabNodeStatus[];
}

/** Looks a lab up. Throws a usage error when there is none of that name. */
export async function labStatus(name: string): Promise<LabStatus> {
  const { topology, settings, nodes, phase } = await readState(name);
  const { loadBalancer, resolver } = outsideOf(settings);
  return {
    name,
    topology,
    settings,
    phase,
    fabric: namespaceOf(name, 'fabric'),
    runner: namespaceOf(name, 'runner'),
    edge: { namespace: namespaceOf(name, 'edge'), loadBalancer, resolver },
    kubeconfig: labPaths(name).kubeconfig,
    ssh: labSsh(name),
    nodes: await Promise.all(
      nodes.map(async (node) => ({
        ...node,
        namespace: namespaceOf(name, node.name),
        pid: (await initPid(name, node.name)) ?? null,
      })),
    ),
  };
}
