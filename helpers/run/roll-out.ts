import { randomBytes } from 'node:crypto';
import { withSignal, type ClusterClient } from '../cluster/connect.ts';
import { applyObjects } from '../cluster/objects.ts';
import type { Config } from '../config/config.ts';
import { NetwrightError } from '../errors.ts';
import { listenAddresses } from '../observe/listen-addresses.ts';
import { probeObjects } from '../probe/manifests.ts';
import type { Look } from './look.ts';
import { waitForProbes, type RolledOut } from './probe-pods.ts';

export interface RollOut {
  config: Config;
  runId: string;
  looked: Look;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** Names of the nodes that are Ready. */
export function readyNodes({ topology }: Look): string[] {
  return topology.nodes.filter((node) => node.ready).map(({ name }) => name);
}

/**
 * Puts a probe pod of each network on every Ready node and waits until they run, or until it is clear that they will
 * not: each of those is a hole with its reason. Throws `no-probes` when none runs at all.
 */
export async function rollOut(
  client: ClusterClient,
  { config, runId, looked, onProgress, signal }: RollOut,
): Promise<RolledOut> {
  const { topology, foreignNodes, agentSource } = looked;
  const ready = readyNodes(looked);
  const isWhole = ready.length === topology.nodes.length;
  onProgress(`rolling out probes on ${isWhole ? '' : `${ready.length} of `}${topology.nodes.length} nodes`);
  const { image, pullSecret, nodePath, ports } = config.probe;
  const objects = probeObjects({
    runId,
    image,
    nodePath,
    agentSource,
    ports,
    pullSecret,
    // A pod on a node that is not Ready would never start, and never go: no kubelet is there to report its end.
    nodes: isWhole && foreignNodes.length === 0 ? undefined : ready,
    key: randomBytes(32).toString('hex'),
    hostAddresses: listenAddresses(topology.nodes),
  });
  await applyObjects(client, objects, signal);
  const rolledOut = await waitForProbes(withSignal(client, signal), runId, topology.nodes, signal);
  if (rolledOut.pods.length > 0) return rolledOut;
  throw new NetwrightError(
    `no probe runs on any node: ${[...new Set(rolledOut.holes.map(({ why }) => why))].join('; ')}`,
    { code: 'no-probes', hint: 'kubectl get events -A --sort-by .lastTimestamp' },
  );
}
