import type { AddressType, Family } from './family.ts';
import type { Overlay } from './overlay.ts';

/** What the Kubernetes API says of the cluster at the start of a run. Plain data: it crosses processes as JSON. */

export interface Topology {
  /** How the cluster is called in reports: the kubeconfig's context, or `lab:NAME`. */
  name: string;
  serverVersion: string;
  distribution: 'k3s' | 'kubernetes';
  overlay: Overlay;
  nodes: NodeInfo[];
  /** Services of the targets, and the cluster's DNS Service. */
  services: ServiceInfo[];
  ingresses: IngressInfo[];
  dns?: ServiceInfo;
  /** The Service with NodePorts before the ingress controller's pods, when there is one. */
  ingressService?: ServiceInfo;
  dnsPods: DnsPod[];
}

/** Providers of machines for which the project has advice of its own. */
export type Provider = 'hetzner';

export interface NodeInfo {
  name: string;
  role: 'server' | 'agent';
  /** The one that is probed: IPv4 where the node has one. */
  internalIp: string;
  /** All its internal addresses, of every family. */
  ips?: string[];
  /** Of every family. */
  podCidrs: string[];
  ready: boolean;
  /** Text of the Ready condition when it is not True. */
  notReadyReason?: string;
  unschedulable: boolean;
  kubeletVersion: string;
  /** The machine's name at its provider (spec.providerID), for example `hcloud://4711`. */
  providerId?: string;
  /** Whose machine it is, where the node's providerID or a label tells. */
  provider?: Provider;
  /**
   * Annotations that say something about the network (flannel.alpha.coreos.com/*, projectcalico.org/*,
   * k3s.io/node-args).
   */
  annotations: Record<string, string>;
}

export interface ServicePortInfo {
  name?: string;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  port: number;
  targetPort: string;
  nodePort?: number;
}

export interface EndpointInfo {
  ip: string;
  /** What its EndpointSlice says; absent in older recordings, which hold IPv4 alone. */
  family?: AddressType;
  /** Port number by the Service's port name (the empty string for an unnamed port). */
  ports: Record<string, number>;
  node?: string;
  pod?: string;
  ready: boolean;
}

export interface ServiceInfo {
  namespace: string;
  name: string;
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** The one that is probed: IPv4 where the Service has one; `None` for headless Services. */
  clusterIp: string;
  /** All of them, of every family. */
  clusterIps?: string[];
  ipFamilies?: Family[];
  externalTrafficPolicy?: 'Cluster' | 'Local';
  internalTrafficPolicy?: 'Cluster' | 'Local';
  selector: Record<string, string>;
  ports: ServicePortInfo[];
  /** Of every family: a pod of two families stands here twice. */
  endpoints: EndpointInfo[];
}

export interface IngressInfo {
  namespace: string;
  name: string;
  className?: string;
  rules: { host: string; path: string; service: string; servicePort: number | string }[];
  tlsHosts: string[];
}

export interface DnsPod {
  name: string;
  node: string;
  ip: string;
  ready: boolean;
  restarts: number;
  /** ISO time at which its container began to run. */
  startedAt?: string;
  waitingReason?: string;
}
