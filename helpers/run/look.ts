import { checkAccess } from '../cluster/access.ts';
import { connectCluster, type ClusterClient } from '../cluster/connect.ts';
import { hostNetworkNotes } from '../cluster/host-network-pods.ts';
import type { IngressController } from '../cluster/ingress/controllers.ts';
import { needsIn } from '../cluster/needs.ts';
import type { Scope } from '../cluster/scope.ts';
import type { PolicyEngine } from '../cluster/policies/policy.ts';
import { readTopology } from '../cluster/topology.ts';
import type { Config } from '../config/config.ts';
import type { Hole } from '../model/finding.ts';
import type { KubeconfigSource } from '../model/kubeconfig-source.ts';
import type { Targets } from '../model/targets.ts';
import type { Topology } from '../model/topology.ts';
import { bundleAgent } from '../probe/bundle.ts';
import { withinBudget } from './budget.ts';
import { checkProbePorts } from './check-probe-ports.ts';
import { discoverTargets } from './discover-targets.ts';
import { participantsOf, type Participants } from './participants.ts';

/** A run's basis, read before anything is written into the cluster. */
export interface Look {
  client: ClusterClient;
  agentSource: string;
  namespaces: readonly string[];
  /** What is looked at besides. */
  discovers: Required<Omit<Scope, 'namespaces'>>;
  /** Of its nodes those that take part. */
  topology: Topology;
  participants: Participants;
  /** Whether that is every node of the cluster, and each is Ready. */
  isWhole: boolean;
  targets: Targets;
  /** Whether the cluster has network policies: it may put one into each new namespace. */
  hasPolicies: boolean;
  /** Who enforces policies of other kinds than Kubernetes'. */
  policyEngines: PolicyEngine[];
  /** Targets that nobody named and that are too many. */
  holes: Hole[];
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
  const { services: named = [] } = config;
  const namespaces = [...new Set([...config.namespaces, ...named.flatMap(({ namespace }) => namespace ?? [])])];
  const discovers = { allIngresses: config.hosts === undefined, withApiServer: config.services === undefined };
  const prepared = config.probe.namespaces;
  const [access, read] = await Promise.allSettled([
    checkAccess(client, prepared && needsIn(Object.values(prepared))),
    readTopology(client, {
      namespaces,
      ...discovers,
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
  const all: Topology = { ...read.value.topology, nodes };
  const { targets, topology, holes } = withinBudget(discoverTargets(config, { ...read.value, topology: all }), all, {
    namespaces: config.namespaces,
    services: config.services !== undefined,
    hosts: config.hosts !== undefined,
  });
  checkProbePorts(config.probe.ports, all.services, targets);
  const isWhole = nodes.length === read.value.nodes.length && nodes.every(({ ready }) => ready);
  return {
    client,
    agentSource,
    namespaces,
    discovers,
    topology,
    participants,
    isWhole,
    targets,
    holes: [...holes, ...hostNetworkNotes(read.value.pods, topology.services)],
    controllers: read.value.controllers,
    hasPolicies: read.value.hasPolicies === true,
    policyEngines: read.value.policyEngines ?? [],
  };
}
