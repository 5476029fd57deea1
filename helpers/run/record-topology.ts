import { readCircumstances, type Reading } from '../cluster/circumstances.ts';
import type { ClusterClient } from '../cluster/connect.ts';
import { readTopology } from '../cluster/topology.ts';
import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';
import type { RunContext } from '../model/run-context.ts';
import type { Recorder } from '../observe/recorder.ts';

/**
 * Records what the Kubernetes API said, one fact an object: a diagnosis reads the cluster from observations alone. The
 * fact `cluster` begins a reading; what an earlier one said and this one does not is no more.
 */
export function recordTopology(recorder: Recorder, topology: Topology, targets: Targets): void {
  const fact = (key: string, value: unknown, node?: string) =>
    recorder.fact({ source: 'kubernetes', key, value, node });
  const { name, serverVersion, distribution, overlay } = topology;
  fact('cluster', { name, serverVersion, distribution });
  fact('overlay', overlay);
  for (const node of topology.nodes) fact('node', node, node.name);
  for (const service of topology.services) fact('service', service);
  if (topology.dns) fact('service', { ...topology.dns, dns: true });
  if (topology.ingressService) fact('ingress-service', topology.ingressService);
  for (const pod of topology.dnsPods) fact('dns-pod', pod, pod.node);
  for (const ingress of topology.ingresses) fact('ingress', ingress);
  const { services, hosts, ingressNodes, ingressNodePortHttp, ingressNodePortHttps, loadBalancer, ssh } = targets;
  fact('targets', {
    services,
    hosts,
    ingressNodes,
    ingressNodePortHttp,
    ingressNodePortHttps,
    loadBalancer,
    ssh: ssh !== undefined,
  });
}

/** Reads the cluster a second time, when the suites have ended, with what only the diagnosis needs. Never throws. */
export async function recordAfterwards(
  client: ClusterClient,
  recorder: Recorder,
  { topology, targets, namespaces }: RunContext,
): Promise<void> {
  const [read, { networkPolicies, ingressClasses, events }] = await Promise.all([
    readTopology(client, { namespaces, name: topology.name }).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    ),
    readCircumstances(client),
  ]);
  if (typeof read === 'string')
    recorder.fact({ source: 'kubernetes', key: 'second-reading', value: null, notObserved: read });
  else recordTopology(recorder, read.topology, targets);
  const list = (key: string, reading: Reading<unknown[]>) =>
    'notObserved' in reading
      ? recorder.fact({ source: 'kubernetes', key, value: null, notObserved: reading.notObserved })
      : recorder.fact({ source: 'kubernetes', key, value: reading.value });
  list('network-policy', networkPolicies);
  list('ingress-class', ingressClasses);
  list('event', events);
}
