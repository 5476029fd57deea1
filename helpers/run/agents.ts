import { connectCluster, type ClusterClient } from '../cluster/connect.ts';
import { openExec } from '../cluster/exec.ts';
import type { Place } from '../model/observation.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import { Fleet, type AgentSession } from '../observe/fleet.ts';
import { ProbeSession } from '../probe/client.ts';
import { openLocalAgent } from '../probe/local.ts';
import { AGENT_CONTAINER, AGENT_PATH } from '../probe/manifests.ts';

/**
 * Opening an exec is quick even on a busy node. One that takes this long counts as lost, and its caller tries again.
 */
const EXEC_CONNECT_TIMEOUT_MS = 10_000;

async function openPodAgent(
  context: RunContext,
  client: ClusterClient,
  source: Place,
  signal: AbortSignal,
): Promise<AgentSession> {
  const pod =
    source.node === undefined || (source.network !== 'pod' && source.network !== 'host')
      ? undefined
      : podOf(context, source.node, source.network);
  if (!pod)
    throw new Error(
      `no probe answers on ${source.node ?? 'an unnamed node'} in the ${source.network ?? 'unknown'} network`,
    );
  const stream = await openExec(client, {
    namespace: pod.namespace,
    pod: pod.pod,
    container: AGENT_CONTAINER,
    command: [context.agent.nodePath, AGENT_PATH, 'session'],
    signal,
    connectTimeoutMs: EXEC_CONNECT_TIMEOUT_MS,
  });
  return new ProbeSession(stream);
}

export interface OpenedAgents {
  fleet: Fleet;
  /** The connection by which execs are opened; made when first used. */
  client: () => Promise<ClusterClient>;
  /** What they have cost the API server so far. */
  cost: () => ClusterClient['counts'];
}

/**
 * The agents of a run: by exec in the probe pods, and one in this process for probes from the runner. Opened when first
 * used.
 */
export function openAgents(context: RunContext, signal: AbortSignal): OpenedAgents {
  let connecting: Promise<ClusterClient> | undefined;
  let cost = { apiCalls: 0, execs: 0 };
  const connectOnce = async (): Promise<ClusterClient> => {
    const client = await connectCluster({
      kubeconfig: context.kubeconfig,
      context: context.kubeContext,
      signal,
    });
    cost = client.counts;
    return client;
  };
  const connect = (): Promise<ClusterClient> =>
    (connecting ??= connectOnce().catch((error: unknown) => {
      // After a brief outage of the server the next suite tries again.
      connecting = undefined;
      throw error;
    }));
  const fleet = new Fleet(async (source) => {
    if (source.network === 'runner') return new ProbeSession(await openLocalAgent(signal));
    return openPodAgent(context, await connect(), source, signal);
  });
  return { fleet, client: connect, cost: () => ({ ...cost }) };
}
