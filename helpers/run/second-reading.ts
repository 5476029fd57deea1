import type { ClusterClient } from '../cluster/connect.ts';
import { readTopology, type TopologyQuery } from '../cluster/topology.ts';
import type { NodeInfo, Topology } from '../model/topology.ts';
import { changedServices } from '../observe/settling-cluster.ts';
import { pause } from '../observe/pause.ts';

/** Kubelets report every 10 s and ask again within 7 s; their pods are endpoints again a few seconds after that. */
const REPORTED_WITHIN_MS = 25_000;
const POLL_MS = 2_000;

export interface SecondReading {
  topology: Topology;
  /** Nodes that were Ready before and are so again, and were not in between: the API server had not heard of them. */
  unheardNodes: string[];
}

/** Nodes that were Ready before of which this holds now. */
const ofReady = (before: Topology, { nodes }: Topology, holds: (now: NodeInfo, then: NodeInfo) => boolean): string[] =>
  nodes
    .filter((now) => {
      const then = before.nodes.find(({ name }) => name === now.name);
      return then?.ready === true && holds(now, then);
    })
    .map(({ name }) => name);

/**
 * Reads the cluster again. An API server that did not answer for a while calls nodes not Ready that could not report to
 * it, and takes the endpoints on them out: that says nothing of the nodes, so it is read anew until they have reported,
 * or had the time to. Throws as `readTopology` does.
 */
export async function readAgain(
  client: ClusterClient,
  query: TopologyQuery,
  before: Topology,
  signal?: AbortSignal,
): Promise<SecondReading> {
  const read = async () => (await readTopology(client, query)).topology;
  let topology = await read();
  if (client.answers.silences().length === 0) return { topology, unheardNodes: [] };
  const since = performance.now();
  const isStale = () =>
    ofReady(before, topology, ({ unheard }) => unheard === true).length > 0 ||
    // Of a node that has reported its pods are ready a moment later.
    (wereUnheard().length > 0 && changedServices(before, topology).size > 0);
  const wereUnheard = () => ofReady(before, topology, (now, then) => now.ready && now.readySince !== then.readySince);
  const mayWait = () => performance.now() - since < REPORTED_WITHIN_MS && !signal?.aborted;
  while (isStale() && mayWait()) {
    await pause(POLL_MS, signal);
    topology = await read();
  }
  if (isStale() && signal?.aborted)
    throw new Error('interrupted before the nodes could report to the API server again');
  return { topology, unheardNodes: wereUnheard() };
}
