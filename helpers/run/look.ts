import { checkAccess } from '../cluster/access.ts';
import { connectCluster, type ClusterClient } from '../cluster/connect.ts';
import type { IngressController } from '../cluster/ingress/controllers.ts';
import { needsIn } from '../cluster/needs.ts';
import { readTopology } from '../cluster/topology.ts';
import type { Config } from '../config/config.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';
import { bundleAgent } from '../probe/bundle.ts';
import { checkProbePorts } from './check-probe-ports.ts';
import { discoverTargets } from './discover-targets.ts';
import { participantsOf, type Participants } from './participants.ts';

/** A run's basis, read before anything is written into the cluster. */
export interface Look {
  client: ClusterClient;
  agentSource: string;
  namespaces: string[];
  /** Of its nodes those that take part. */
  topology: Topology;
  participants: Participants;
  /** Whether that is every node of the cluster, and each is Ready. */
  isWhole: boolean;
  targets: Targets;
  /** The ingress controllers, the likeliest first. */
  controllers: IngressController[];
}

/**
 * Connects, checks the rights and reads the cluster. Writes nothing. Throws a NetwrightError that names every missing
 * right, or the first thing that cannot be read, and a usage error for a selection of no node.
 */
export async function lookAt(config: Config, kubeconfig: KubeconfigSource, signal: AbortSignal): Promise<Look> {
  const [client, agentSource] = await Promise.all([
    connectCluster({ kubeconfig, context: config.kubeContext, signal }),
    bundleAgent(),
  ]);
  const namespaces = [
    ...new Set([config.namespace, ...(config.services ?? []).flatMap(({ namespace }) => namespace ?? [])]),
  ];
  const prepared = config.probe.namespaces;
  const [access, read] = await Promise.allSettled([
    checkAccess(client, prepared && needsIn(Object.values(prepared))),
    readTopology(client, {
      namespaces,
      name: config.target.startsWith('lab:') ? config.target : undefined,
      ...(config.ingressNodes && 'selector' in config.ingressNodes && { nodeSelector: config.ingressNodes.selector }),
    }),
  ]);
  signal.throwIfAborted();
  // The check of rights names all that is missing, a refused read only the first.
  if (access.status === 'rejected') throw access.reason;
  if (read.status === 'rejected') throw read.reason;
  const participants = participantsOf(read.value, config.nodes);
  const nodes = read.value.topology.nodes.filter(({ name }) => !participants.leftOut.includes(name));
  const topology: Topology = { ...read.value.topology, nodes };
  const targets = discoverTargets(config, { ...read.value, topology });
  checkProbePorts(config.probe.ports, topology.services, targets);
  const isWhole = nodes.length === read.value.nodes.length && nodes.every(({ ready }) => ready);
  return {
    client,
    agentSource,
    namespaces,
    topology,
    participants,
    isWhole,
    targets,
    controllers: read.value.controllers,
  };
}
