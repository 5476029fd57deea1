import type {
  V1EndpointSlice,
  V1Ingress,
  V1IngressClass,
  V1NetworkPolicy,
  V1Node,
  V1Pod,
  V1Service,
} from '@kubernetes/client-node';
import type { Topology } from '../model/topology.ts';
import { apiError, statusOf } from './api-error.ts';
import { dnsPodsOf, dnsServiceOf } from './cluster-dns.ts';
import type { ClusterClient } from './connect.ts';
import { configuredFlannelPort } from './flannel-conf.ts';
import { withMesh } from './mesh.ts';
import { listAll } from './pages.ts';
import { enforced, enginesOf } from './policies/engines.ts';
import { withGuards } from './policies/guards.ts';
import { fromKubernetes } from './policies/kubernetes.ts';
import type { PodPolicy, PolicyEngine } from './policies/policy.ts';
import { listOtherPolicies, listPolicies } from './policies/read.ts';
import { reading } from './reading.ts';
import { listPools, poolInfo, type IpPool } from './ip-pools.ts';
import { readOverlay } from './overlay.ts';
import { foreignNodes, isForeign, type ForeignNode } from './foreign-nodes.ts';
import { inScope, type Scope } from './scope.ts';
import { withWorkloads } from './workloads.ts';
import { NO_GATEWAYS, readGateways, type GatewayObjects } from './ingress/gateway-objects.ts';
import { gatewaysOf, type FoundGateway } from './ingress/gateways.ts';
import { withLacks } from './ingress/lacking.ts';
import { withUnserved } from './ingress/unserved.ts';
import { ingressControllers, type IngressController } from './ingress/controllers.ts';
import { dnsPod, ingressInfo, nodeInfo, serviceInfo } from './read-objects.ts';

/** Pods of Jobs that have ended are the bulk of the pods on some clusters, and hold no address. */
export const NOT_ENDED = 'status.phase!=Succeeded,status.phase!=Failed';

export interface TopologyQuery extends Scope {
  /** The cluster's name in reports; the context's name when absent. */
  name?: string;
  /** Label selector of nodes that are asked for by themselves. */
  nodeSelector?: string;
  /** Nodes that take no part in the run. */
  leftOut?: readonly string[];
}

export interface ReadTopology {
  topology: Topology;
  /** The likeliest first. */
  controllers: IngressController[];
  /** Those of the Gateway API that a route is attached to. */
  gateways?: FoundGateway[];
  /** Names of the nodes that `nodeSelector` selects; absent where none was given. */
  selectedNodes?: string[];
  /** Nodes that are left out, for no probe can stand on them. */
  foreignNodes: ForeignNode[];
  /** All of them, as the API server has them. */
  nodes: V1Node[];
  /** Those that have not ended. */
  pods: V1Pod[];
  /** Whether it has network policies that somebody enforces, as far as they may be read. */
  hasPolicies?: boolean;
  /** Who enforces policies of other kinds than Kubernetes'. */
  policyEngines?: PolicyEngine[];
}

async function calicoPools(client: ClusterClient): Promise<IpPool[]> {
  try {
    return await listPools(client);
  } catch (error) {
    // Where they may not be read, the nodes' annotations tell the overlay.
    if (statusOf(error) === 403) return [];
    throw error;
  }
}

/** What the API server said, as it said it. */
export interface ClusterObjects {
  nodes: V1Node[];
  services: V1Service[];
  slices: V1EndpointSlice[];
  ingresses: V1Ingress[];
  /** Those that have not ended. */
  pods: V1Pod[];
  pools: IpPool[];
  /** Absent where they may not be read. */
  classes?: V1IngressClass[];
  gateways?: GatewayObjects;
  /** None where they may not be read. */
  policies?: V1NetworkPolicy[];
  /** Of other kinds than Kubernetes' own. */
  otherPolicies?: PodPolicy[];
}

async function nodesBy(client: ClusterClient, labelSelector: string): Promise<string[]> {
  try {
    const nodes = await listAll((page) => client.core.listNode({ ...page, labelSelector }));
    return nodes.flatMap(({ metadata }) => metadata?.name ?? []);
  } catch (error) {
    throw apiError(error, `nodes with the label ${labelSelector}: the API server ${client.server}`, client.server);
  }
}

async function readObjects(client: ClusterClient): Promise<ClusterObjects> {
  const { core, discovery, networking } = client;
  try {
    const [nodes, services, slices, ingresses, pods, pools, gateways, policies, otherPolicies, classes] =
      await Promise.all([
        listAll((page) => core.listNode(page)),
        listAll((page) => core.listServiceForAllNamespaces(page)),
        listAll((page) => discovery.listEndpointSliceForAllNamespaces(page)),
        listAll((page) => networking.listIngressForAllNamespaces(page)),
        listAll((page) => core.listPodForAllNamespaces({ ...page, fieldSelector: NOT_ENDED })),
        calicoPools(client),
        readGateways(client),
        reading(client, listPolicies(client)),
        listOtherPolicies(client),
        reading(
          client,
          listAll((page) => networking.listIngressClass(page)),
        ),
      ]);
    const objects = { nodes, services, slices, ingresses, pods, pools, gateways, otherPolicies };
    return { ...objects, policies: policies.value ?? [], ...(classes.value && { classes: classes.value }) };
  } catch (error) {
    throw apiError(error, `the API server ${client.server}`, client.server);
  }
}

const hasEnded = ({ status }: V1Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** What a run needs to know of what the API server said; of its nodes those that probes can stand on. */
export function topologyOf(
  {
    nodes,
    services,
    slices,
    ingresses,
    pods,
    pools,
    gateways = NO_GATEWAYS,
    policies = [],
    otherPolicies = [],
    classes,
  }: ClusterObjects,
  {
    name,
    serverVersion,
    leftOut = [],
    ...scope
  }: Scope & { name: string; serverVersion: string; leftOut?: readonly string[] },
  controllers: IngressController[] = ingressControllers({ nodes, services, slices, ingresses, pods, classes }),
): Topology {
  const dnsService = dnsServiceOf(services);
  const overlay = readOverlay(nodes, pools);
  const nodeInfos = nodes
    .filter((node) => !isForeign(node) && !leftOut.includes(node.metadata?.name ?? ''))
    .map(nodeInfo)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const isK3s = nodeInfos.some(
    ({ kubeletVersion, annotations }) => kubeletVersion.includes('+k3s') || 'k3s.io/node-args' in annotations,
  );
  const routes = gatewaysOf(gateways, { nodes, services, slices }).ingresses;
  const chosen = inScope({ services, ingresses, routes }, scope);
  const byName = new Map(pods.map((pod) => [`${pod.metadata?.namespace}/${pod.metadata?.name}`, pod]));
  const podNamed = (namespace: string, pod: string) => byName.get(`${namespace}/${pod}`);
  const id = services.find(({ metadata }) => metadata?.namespace === 'default' && metadata.name === 'kubernetes')
    ?.metadata?.uid;
  return {
    name,
    ...(id !== undefined && { id }),
    serverVersion,
    distribution: isK3s ? 'k3s' : 'kubernetes',
    overlay,
    ...(pools.length > 0 && { pools: pools.map(poolInfo) }),
    nodes: nodeInfos,
    services: withGuards(
      withMesh(
        chosen.services.map((service) => serviceInfo(service, slices, podNamed)),
        pods,
      ),
      [...policies.map(fromKubernetes), ...enforced(otherPolicies, enginesOf(overlay.kind, pods))],
      pods,
      nodeInfos,
    ),
    ingresses: withUnserved(
      withLacks([...chosen.ingresses.map(ingressInfo), ...chosen.routes], services),
      classes,
      controllers,
    ),
    dns: dnsService && serviceInfo(dnsService, slices),
    ingressService: controllers[0]?.service,
    ingressPods: controllers.flatMap((controller) => controller.pods),
    dnsPods: dnsPodsOf(
      pods.filter((pod) => !hasEnded(pod)),
      dnsService,
    ).map(dnsPod),
  };
}

/**
 * Reads the cluster, one list a kind (in pages), all at once. Throws a NetwrightError when one of them is refused or
 * not answered.
 */
export async function readTopology(
  client: ClusterClient,
  { name, nodeSelector, leftOut, ...scope }: TopologyQuery,
): Promise<ReadTopology> {
  const [objects, selectedNodes] = await Promise.all([
    readObjects(client),
    nodeSelector === undefined ? undefined : nodesBy(client, nodeSelector),
  ]);
  const controllers = ingressControllers(objects);
  const query = { ...scope, name: name ?? client.name, serverVersion: client.serverVersion, leftOut };
  const topology = topologyOf(objects, query, controllers);
  topology.services = await withWorkloads(client, topology.services);
  const { overlay, distribution } = topology;
  // One more request, and only where such a ConfigMap may exist.
  if (overlay.kind === 'flannel-vxlan' && distribution !== 'k3s') {
    const port = await configuredFlannelPort(client).catch((error: unknown) => {
      throw apiError(error, `the API server ${client.server}`, client.server);
    });
    if (port !== undefined) topology.overlay = { ...overlay, port };
  }
  const policyEngines = enginesOf(topology.overlay.kind, objects.pods);
  return {
    pods: objects.pods,
    hasPolicies: (objects.policies ?? []).length > 0 || enforced(objects.otherPolicies ?? [], policyEngines).length > 0,
    policyEngines,
    nodes: objects.nodes,
    controllers,
    gateways: gatewaysOf(objects.gateways ?? NO_GATEWAYS, objects).gateways,
    foreignNodes: foreignNodes(objects.nodes),
    ...(selectedNodes && { selectedNodes }),
    topology,
  };
}
