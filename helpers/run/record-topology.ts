import { whyOf } from '../cluster/api-error.ts';
import { readCircumstances } from '../cluster/circumstances.ts';
import { readNodeLease } from '../cluster/node-lease.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import type { Targets } from '../model/targets.ts';
import type { NodeInfo, Topology } from '../model/topology.ts';
import type { RunContext } from '../model/run-context.ts';
import type { Recorder } from '../observe/recorder.ts';
import { readAgain } from './second-reading.ts';

/** Where more nodes than this are not Ready, what they have in common is not on them. */
const MOST_LEASES = 8;

/**
 * Records what the Kubernetes API said, one fact an object: a diagnosis reads the cluster from observations alone. The
 * fact `cluster` begins a reading and replaces all objects of the reading before.
 */
export function recordTopology(recorder: Recorder, topology: Topology, targets: Targets): void {
  const source = 'kubernetes';
  const { name, serverVersion, distribution, overlay } = topology;
  recorder.fact({ source, key: 'cluster', value: { name, serverVersion, distribution } });
  recorder.fact({ source, key: 'overlay', value: overlay });
  if (topology.pools) recorder.fact({ source, key: 'ip-pools', value: topology.pools });
  for (const value of topology.nodes) recorder.fact({ source, key: 'node', node: value.name, value });
  for (const value of topology.services) recorder.fact({ source, key: 'service', value });
  if (topology.dns) recorder.fact({ source, key: 'service', value: { ...topology.dns, dns: true } });
  if (topology.ingressService) recorder.fact({ source, key: 'ingress-service', value: topology.ingressService });
  for (const value of topology.ingressPods ?? [])
    recorder.fact({ source, key: 'ingress-pod', node: value.node, value });
  for (const value of topology.dnsPods) recorder.fact({ source, key: 'dns-pod', node: value.node, value });
  for (const value of topology.ingresses) recorder.fact({ source, key: 'ingress', value });
  const { services, hosts, ingressNodes, ingressNodePortHttp, ingressNodePortHttps, loadBalancer, ssh } = targets;
  recorder.fact({
    source,
    key: 'targets',
    value: {
      services,
      hosts,
      ingressNodes,
      ingressNodePortHttp,
      ingressNodePortHttps,
      loadBalancer,
      ssh: ssh !== undefined,
    },
  });
}

/** What the API server knows of nodes that are not Ready, beside their conditions. Never throws. */
async function recordSickNodes(client: ClusterClient, recorder: Recorder, nodes: readonly NodeInfo[]): Promise<void> {
  if (nodes.length === 0) return;
  const leases = await Promise.all(nodes.slice(0, MOST_LEASES).map(({ name }) => readNodeLease(client, name)));
  for (const [index, lease] of leases.entries())
    recorder.fact({ source: 'kubernetes', node: nodes[index]?.name, key: 'node-lease', ...lease });
  const { aheadMs } = client.answers;
  if (aheadMs !== undefined) recorder.fact({ source: 'kubernetes', key: 'api-clock', value: { aheadMs } });
}

/** Reads the cluster a second time, when the suites have ended, with what only the diagnosis needs. Never throws. */
export async function recordAfterwards(
  client: ClusterClient,
  recorder: Recorder,
  { topology, targets, namespaces, discovers, leftOut }: RunContext,
  signal?: AbortSignal,
): Promise<void> {
  const [read, { networkPolicies, ingressClasses, events }] = await Promise.all([
    readAgain(client, { namespaces, ...discovers, name: topology.name, leftOut }, topology, signal).catch(
      (error: unknown) => whyOf(error),
    ),
    readCircumstances(client),
  ]);
  if (typeof read === 'string')
    recorder.fact({ source: 'kubernetes', key: 'second-reading', value: null, notObserved: read });
  else recordTopology(recorder, read.topology, targets);
  const unheardNodes = typeof read === 'string' ? [] : read.unheardNodes;
  for (const silence of client.answers.silences())
    recorder.fact({ source: 'kubernetes', key: 'api-silence', value: { ...silence, unheardNodes } });
  const sick = (typeof read === 'string' ? topology : read.topology).nodes.filter(({ ready }) => !ready);
  await recordSickNodes(client, recorder, sick);
  recorder.fact({ source: 'kubernetes', key: 'network-policies', ...networkPolicies });
  recorder.fact({ source: 'kubernetes', key: 'ingress-classes', ...ingressClasses });
  recorder.fact({ source: 'kubernetes', key: 'events', ...events });
}
