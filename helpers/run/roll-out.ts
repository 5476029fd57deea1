import { randomBytes } from 'node:crypto';
import { withSignal, type ClusterClient } from '../cluster/connect.ts';
import type { Config } from '../config/config.ts';
import { NetwrightError } from '../errors.ts';
import { listenAddresses } from '../observe/listen-addresses.ts';
import type { Hole } from '../model/finding.ts';
import { applyProbes } from './apply-probes.ts';
import { makeCanary, NO_CANARY, type MadeCanary, type MakeCanary } from './canary.ts';
import { keptOpen, openBeforehand } from './kept-open.ts';
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

/** Others' Services and Ingress objects may stand there, and the rights that it takes are for more than ours. */
const NOT_IN_PREPARED: Hole = {
  what: "Netwright's own Service and Ingress",
  why: 'none is made in namespaces that were prepared (NETWRIGHT_PROBE_NAMESPACE)',
  isByChoice: true,
};

function noProbes(holes: readonly Hole[]): NetwrightError {
  const whys = [...new Set(holes.map(({ why }) => why))];
  return new NetwrightError(`no probe runs on any node: ${whys.join('; ')}`, {
    code: 'no-probes',
    hint: whys.some((why) => why.includes('NETWRIGHT_PROBE_IMAGE'))
      ? 'any image with Node 20 or newer will do: NETWRIGHT_PROBE_IMAGE, NETWRIGHT_PROBE_NODE_PATH'
      : 'kubectl get events -A --sort-by .lastTimestamp; with NETWRIGHT_SSH_USER the nodes are asked without any pod',
  });
}

function ownOf(key: string, { config, runId, looked }: Pick<RollOut, 'config' | 'runId' | 'looked'>): MakeCanary {
  const { ports, canaryNodePort, canaryIngressClass } = config.probe;
  return {
    runId,
    ports,
    key,
    hasNodePorts: canaryNodePort,
    ingressClass: canaryIngressClass,
    controllers: looked.controllers,
    isPlaced: config.ingressNodes !== undefined,
  };
}

/**
 * Puts a probe pod of each network on every Ready node and waits until they run, or until it is clear that they will
 * not: each of those is a hole with its reason, in the words of who refused. Throws when none runs at all and nothing
 * can be asked by SSH either. The canary is made before them meanwhile.
 */
export async function rollOut(
  client: ClusterClient,
  { config, runId, looked, onProgress, signal }: RollOut,
): Promise<RolledOut & { made: MadeCanary }> {
  const { topology, participants, isWhole, agentSource, targets } = looked;
  const ready = readyNodes(looked);
  const areAllReady = ready.length === topology.nodes.length;
  onProgress(`rolling out probes on ${areAllReady ? '' : `${ready.length} of `}${topology.nodes.length} nodes`);
  const { image, pullSecret, nodePath, ports, namespaces: prepared } = config.probe;
  const key = randomBytes(32).toString('hex');
  const objects = {
    runId,
    image,
    nodePath,
    agentSource,
    ports,
    pullSecret,
    // A pod on a node that is not Ready would never start, and never go: no kubelet is there to report its end.
    nodes: isWhole ? undefined : ready,
    key,
    hostAddresses: listenAddresses(topology.nodes),
    prepared,
  };
  const [refused] = await Promise.all([
    applyProbes(client, objects, signal),
    looked.hasPolicies && !prepared ? openBeforehand(client, runId, signal) : undefined,
  ]);
  const [refusal] = refused.values();
  // By SSH nodes are asked, and asked of the network, without any pod.
  if (refusal && refused.size === 2 && !targets.ssh) throw refusal;
  const made: MadeCanary = prepared ? { ...NO_CANARY, holes: [NOT_IN_PREPARED] } : NO_CANARY;
  const canary =
    refused.has('pod') || prepared ? undefined : makeCanary(client, ownOf(key, { config, runId, looked }), signal);
  const rolledOut = await waitForProbes(withSignal(client, signal), {
    runId,
    prepared,
    nodes: topology.nodes,
    signal,
    refused: new Map([...refused].map(([network, { message }]) => [network, message])),
    full: participants.full,
  });
  const opened = await keptOpen(client, { runId, looked, prepared }, signal);
  const pods = opened.isShut ? rolledOut.pods.filter(({ network }) => network !== 'pod') : rolledOut.pods;
  const holes = [...rolledOut.holes, ...opened.holes];
  const { missing } = rolledOut;
  // A cluster that wants none of our pods is asked without them; an image that is wrong is for the user to mend.
  const isAskedWithout = targets.ssh !== undefined && missing.every(({ isRefused }) => isRefused);
  if (pods.length === 0 && !isAskedWithout) throw noProbes(holes);
  return { ...rolledOut, pods, holes, made: canary ? await canary.whenRunning(pods) : made };
}
