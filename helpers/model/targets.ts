/** What a run is asked to look at, after configuration and discovery. Plain data: it crosses processes as JSON. */

export type Profile = 'gate' | 'nightly' | 'acceptance';

/** How an answer proves that it came from the backend that it should come from. */
export type IdentityRule =
  /** The lab's own applications: a JSON body whose field `service` is the Service's name. */
  | { kind: 'json-service' }
  | { kind: 'body-pattern'; pattern: string }
  | { kind: 'header'; name: string; pattern: string }
  /** Compare with what the Service's own pods answer when asked directly. */
  | { kind: 'compare' };

export interface TargetService {
  namespace: string;
  name: string;
  /** Which of its ports speaks HTTP; absent when the Service is probed by TCP alone. */
  httpPort?: number;
  healthPath: string;
  identity: IdentityRule;
  /** The service mesh that its pods are in. */
  mesh?: string;
}

export interface TargetHost {
  host: string;
  /** `namespace/name` of the Service behind it; absent until discovered from the Ingress objects. */
  service?: string;
  path: string;
  /** Which of `otherIngresses` serves its class; absent for the main one. */
  ingress?: number;
}

/** The ways in to one ingress controller. */
export interface IngressWays {
  /** Address or name of the load balancer in front of it, and its ports. */
  loadBalancer?: { address: string; http?: number; https?: number };
  /** Nodes whose own ports lead to it, and those ports. */
  nodes: string[];
  ports: { http?: number; https?: number };
  /** What comes to a node's port goes on by the Service (K3s' ServiceLB), to any of its pods. */
  byServiceLb?: true;
  nodePorts: { http?: number; https?: number };
  /** Nobody named them, and there is another way in: nobody needs to be let in by them. */
  areNodePortsUnpromised?: true;
  /** Nodes that answer at them, where those are some alone (externalTrafficPolicy Local) and nobody named the ports. */
  nodePortNodes?: string[];
  /** Nodes of its pods where those have a network of their own; absent where they are on the hosts' network. */
  podNodes?: string[];
}

export interface SshTarget {
  user: string;
  port: number;
  privateKeyPath?: string;
  /** Path of the agent's socket. */
  agent?: string;
  knownHostsPath: string;
  /** Hosts to go through, the nearest first. */
  jumps?: { host: string; port: number; user: string }[];
  /** OpenSSH's configuration, which says what is not said here. */
  configPath?: string;
  /** What nobody has said, so that the configuration may. */
  assumed?: ('user' | 'port' | 'knownHostsPath')[];
}

export interface Targets {
  services: TargetService[];
  hosts: TargetHost[];
  /** Address or name of the load balancer in front of the ingress. */
  loadBalancer?: string;
  /** Nobody named it: the cluster has it in the status of an object. */
  isLoadBalancerFound?: true;
  /** Its ports for http and https; absent where it has none. */
  ingressHttpPort?: number;
  ingressHttpsPort?: number;
  /** NodePorts by which the ingress controller is reached, when there are any. */
  ingressNodePortHttp?: number;
  ingressNodePortHttps?: number;
  /** As in `IngressWays`. */
  areIngressNodePortsUnpromised?: true;
  /** Nodes on which the ingress controller is reached by the hosts' own ports. */
  ingressNodes: string[];
  /** Those ports, where they are not the load balancer's. */
  ingressHostPorts?: IngressWays['ports'];
  /** As in `IngressWays`. */
  ingressByServiceLb?: true;
  ingressNodePortNodes?: string[];
  ingressPodNodes?: string[];
  /** Controllers of other classes. */
  otherIngresses?: IngressWays[];
  /** PEM bundle that the ingress' certificates must verify against; the system's when absent. */
  ingressCaPath?: string;
  ssh?: SshTarget;
}
