import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';
import type { Recorder } from '../observe/recorder.ts';

/** Records what the Kubernetes API said, one fact an object: a diagnosis reads the cluster from observations alone. */
export function recordTopology(recorder: Recorder, topology: Topology, targets: Targets): void {
  const fact = (key: string, value: unknown, node?: string) => recorder.fact({ source: 'kubernetes', key, value, node });
  const { name, serverVersion, distribution, overlay } = topology;
  fact('cluster', { name, serverVersion, distribution });
  fact('overlay', overlay);
  for (const node of topology.nodes) fact('node', node, node.name);
  for (const service of topology.services) fact('service', service);
  if (topology.dns) fact('service', { ...topology.dns, dns: true });
  for (const pod of topology.dnsPods) fact('dns-pod', pod, pod.node);
  for (const ingress of topology.ingresses) fact('ingress', ingress);
  fact('targets', { services: targets.services, hosts: targets.hosts, ingressNodes: targets.ingressNodes, loadBalancer: targets.loadBalancer, ssh: targets.ssh !== undefined });
}
