import { z } from 'zod';
import { ADDRESS_TYPES, FAMILIES } from './family.ts';
import type { Overlay } from './overlay.ts';
import type { PoolInfo } from './snapshot.ts';

/** What the Kubernetes API says of the cluster at the start of a run. Plain data: it crosses processes as JSON. */

export interface Topology {
  /** How the cluster is called in reports: the kubeconfig's context, or `lab:NAME`. */
  name: string;
  /** What tells the cluster from others of its name: the uid of the API server's Service, made once. */
  id?: string;
  serverVersion: string;
  distribution: 'k3s' | 'kubernetes';
  overlay: Overlay;
  /** Calico's IPPools, where there are any. */
  pools?: PoolInfo[];
  nodes: NodeInfo[];
  /** Services of the targets, and the cluster's DNS Service. */
  services: ServiceInfo[];
  ingresses: IngressInfo[];
  dns?: ServiceInfo;
  /** The Service with NodePorts before the ingress controller's pods, when there is one. */
  ingressService?: ServiceInfo;
  /** Pods of the ingress controllers, and those that hold ports of nodes for them. */
  ingressPods?: IngressPod[];
  dnsPods: DnsPod[];
}

/** Providers of machines for which the project has advice of its own. */
const providerSchema = z.enum(['hetzner']);
export type Provider = z.infer<typeof providerSchema>;

const nodeConditionSchema = z.object({
  type: z.string(),
  /** `Unknown` where the kubelet has not reported for so long that the controller speaks in its place. */
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  /** ISO times, by the cluster's clock: when the kubelet said it last, and since when it is so. */
  heardAt: z.string().optional(),
  since: z.string().optional(),
});
export type NodeCondition = z.infer<typeof nodeConditionSchema>;

export const nodeInfoSchema = z.object({
  name: z.string(),
  role: z.enum(['server', 'agent']),
  /** The one that is probed: IPv4 where the node has one. */
  internalIp: z.string(),
  /** All its internal addresses, of every family. */
  ips: z.array(z.string()).optional(),
  /** Of every family. */
  podCidrs: z.array(z.string()),
  ready: z.boolean(),
  /** Text of the Ready condition when it is not True. */
  notReadyReason: z.string().optional(),
  /** ISO time, by the cluster's clock, at which its Ready condition changed last. */
  readySince: z.string().optional(),
  /** Set where its kubelet does not report: Kubernetes then knows nothing of it, and counts it as not Ready. */
  unheard: z.literal(true).optional(),
  /** Those that are not as they are on a sound node. */
  conditions: z.array(nodeConditionSchema).optional(),
  /** Those that Kubernetes or a cloud controller has put there, as `node.kubernetes.io/unreachable:NoExecute`. */
  taints: z.array(z.string()).optional(),
  unschedulable: z.boolean(),
  kubeletVersion: z.string(),
  /** The machine's name at its provider (spec.providerID), for example `hcloud://4711`. */
  providerId: z.string().optional(),
  /** Whose machine it is, where the node's providerID or a label tells. */
  provider: providerSchema.optional(),
  /**
   * Annotations that say something about the network (flannel.alpha.coreos.com/*, projectcalico.org/*,
   * k3s.io/node-args).
   */
  annotations: z.record(z.string(), z.string()),
});
export type NodeInfo = z.infer<typeof nodeInfoSchema>;

/** How the pods behind a port are asked by their own readiness or liveness probe. */
const portCheckSchema = z.object({ by: z.enum(['http', 'https', 'tcp', 'grpc']), path: z.string().optional() });
export type PortCheck = z.infer<typeof portCheckSchema>;

const servicePortSchema = z.object({
  name: z.string().optional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']),
  port: z.number(),
  targetPort: z.string(),
  nodePort: z.number().optional(),
  /** Absent where no probe of the pods asks there. */
  check: portCheckSchema.optional(),
  /** Network policies by which the pods are open there to clients of their own, and not to the probes. */
  guardedBy: z.array(z.string()).optional(),
});

const endpointSchema = z.object({
  ip: z.string(),
  /** What its EndpointSlice says; absent in older recordings, which hold IPv4 alone. */
  family: z.enum(ADDRESS_TYPES).optional(),
  /** Port number by the Service's port name (the empty string for an unnamed port). */
  ports: z.record(z.string(), z.number()),
  node: z.string().optional(),
  pod: z.string().optional(),
  ready: z.boolean(),
  /** Set where it differs from `ready`: false where a pod counts as ready that is not, true of one that ends. */
  serving: z.boolean().optional(),
  /** Its pod is about to go. */
  terminating: z.literal(true).optional(),
});
export type EndpointInfo = z.infer<typeof endpointSchema>;

/** What makes the pods that a Service selects, read where it has no endpoint. */
const workloadSchema = z.object({
  /** Kind and name of each: `Deployment web`. */
  objects: z.array(z.string()),
  /** How many pods they want in all; absent where they could not be read. */
  replicas: z.number().optional(),
  /** All of its pods have ended well, as those of a Job do. */
  hasEnded: z.literal(true).optional(),
  /** Why they could not be read. */
  notObserved: z.string().optional(),
});
export type WorkloadInfo = z.infer<typeof workloadSchema>;

export const serviceInfoSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
  /** Netwright's own, made a moment before it was asked. */
  isOwn: z.literal(true).optional(),
  /** The one that is probed: IPv4 where the Service has one; `None` for headless Services. */
  clusterIp: z.string(),
  /** All of them, of every family. */
  clusterIps: z.array(z.string()).optional(),
  ipFamilies: z.array(z.enum(FAMILIES)).optional(),
  externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
  internalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
  selector: z.record(z.string(), z.string()),
  /** The service mesh whose proxy stands before its pods, where there is one. */
  mesh: z.string().optional(),
  /** The network policies of all its ports that are guarded so. */
  guardedBy: z.array(z.string()).optional(),
  /** The network policies by which no pod of another namespace is let in to any of its pods at any port. */
  shutBy: z.array(z.string()).optional(),
  /** Pods that are not ready count as its endpoints all the same. */
  publishNotReadyAddresses: z.literal(true).optional(),
  /** What an ExternalName leads to. */
  externalName: z.string().optional(),
  /** Of type LoadBalancer: the addresses and names that it was given; none while it waits for one. */
  loadBalancer: z.array(z.string()).optional(),
  /** Whom its load balancer's address is open to; absent where to all. */
  sourceRanges: z.array(z.string()).optional(),
  workload: workloadSchema.optional(),
  ports: z.array(servicePortSchema),
  /** Of every family: a pod of two families stands here twice. */
  endpoints: z.array(endpointSchema),
  /** How often its endpoints were written: they may have been away between two readings that show the same. */
  endpointChanges: z.number().optional(),
});
export type ServiceInfo = z.infer<typeof serviceInfoSchema>;

export const ingressInfoSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  className: z.string().optional(),
  /** It takes a part of the requests that another Ingress routes. */
  takesShare: z.boolean().optional(),
  /** Of a route of the Gateway API: its Gateway, `namespace/name`. */
  gateway: z.string().optional(),
  /** Why it may be that no ingress controller serves it. */
  unserved: z.string().optional(),
  rules: z.array(
    z.object({
      host: z.string(),
      path: z.string(),
      /** Absent in older recordings. */
      pathType: z.enum(['Exact', 'Prefix', 'ImplementationSpecific']).optional(),
      /** Empty where the backend is no Service. */
      service: z.string(),
      servicePort: z.union([z.number(), z.string()]),
      /** What of it the cluster does not have. */
      lacks: z.enum(['service', 'port']).optional(),
    }),
  ),
  tlsHosts: z.array(z.string()),
});
export type IngressInfo = z.infer<typeof ingressInfoSchema>;

export const ingressPodSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  node: z.string(),
  /** All its containers are. */
  ready: z.boolean(),
  /** Of all its containers. */
  restarts: z.number(),
  /** The first container that waits, and for what. */
  container: z.string().optional(),
  waitingReason: z.string().optional(),
  /** Of a pod of K3s' ServiceLB: the Service whose ports it holds, `namespace/name`. */
  serviceLb: z.string().optional(),
  hostNetwork: z.boolean().optional(),
  labels: z.record(z.string(), z.string()),
});
export type IngressPod = z.infer<typeof ingressPodSchema>;

export const dnsPodSchema = z.object({
  name: z.string(),
  node: z.string(),
  ip: z.string(),
  /** All of them, of every family. */
  ips: z.array(z.string()).optional(),
  ready: z.boolean(),
  restarts: z.number(),
  /** ISO time at which its container began to run. */
  startedAt: z.string().optional(),
  waitingReason: z.string().optional(),
});
export type DnsPod = z.infer<typeof dnsPodSchema>;
