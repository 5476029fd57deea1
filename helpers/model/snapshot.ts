import { z } from 'zod';

/** The version of a snapshot; it rises when a reader of the old shape would misread the new one. */
export const SNAPSHOT_VERSION = 1;

const nodeSchema = z.object({
  name: z.string(),
  role: z.enum(['server', 'agent']),
  /** All its internal addresses. */
  addresses: z.array(z.string()),
  podCidrs: z.array(z.string()),
  ready: z.boolean(),
  /** Annotations of flannel and Calico. */
  annotations: z.record(z.string(), z.string()),
  /** Of its pods that are not on the host network; absent where pods could not be read. */
  podAddresses: z.array(z.string()).optional(),
  /** All but those of single pods; absent where they could not be read. */
  devices: z.array(z.object({ name: z.string(), mtu: z.number().optional(), kind: z.string().optional() })).optional(),
  /** IPv4 routes of the main table by a gateway or a device; those of single pods are left out. */
  routes: z
    .array(z.object({ destination: z.string(), gateway: z.string().optional(), device: z.string().optional() }))
    .optional(),
  /** Configurations of the runtime's network, in the order in which it takes them. */
  cni: z.array(z.object({ file: z.string(), plugins: z.array(z.string()) })).optional(),
  /** Number of rules by whose chain they are in; absent where rules could not be read. */
  rules: z.record(z.string(), z.number()).optional(),
});
export type SnapshotNode = z.infer<typeof nodeSchema>;

const serviceSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  type: z.string(),
  clusterIp: z.string(),
  ports: z.array(z.object({ protocol: z.string(), port: z.number(), nodePort: z.number().optional() })),
});

/** How a host was answered over one way in. */
const hostSchema = z.object({
  host: z.string(),
  path: z.string(),
  scheme: z.string(),
  /** The name of the probe: `load-balancer`, `worker`, `node-port`. */
  way: z.string(),
  status: z.number().optional(),
  /** The Service behind it, `namespace/name`. */
  service: z.string().optional(),
  passed: z.boolean(),
});
export type SnapshotHost = z.infer<typeof hostSchema>;

const pathSchema = z.object({
  /** `pod-pod`, `host-host` and the like, of nodes that differ; else the suite's name. */
  class: z.string(),
  /** Probes that were judged. */
  probes: z.number(),
  attempts: z.number(),
  /** Share of the attempts that failed, 0 to 1. */
  loss: z.number(),
  /** The median of the probes' medians, and the highest of their p99, without large payloads. */
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
  /** Of the largest datagram that was asked for in one packet, with its headers, where all of them passed. */
  largestBytes: z.number().optional(),
});
export type SnapshotPath = z.infer<typeof pathSchema>;

export const workloadSnapshotSchema = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  namespace: z.string(),
  name: z.string(),
  /** Wanted; of a DaemonSet, the nodes that it is wanted on. */
  replicas: z.number(),
  ready: z.number(),
  hostNetwork: z.boolean(),
  hostPorts: z.array(z.number()),
  dnsPolicy: z.string(),
});
export type WorkloadSnapshot = z.infer<typeof workloadSnapshotSchema>;

export const poolSchema = z.object({
  name: z.string(),
  cidr: z.string(),
  ipipMode: z.string(),
  vxlanMode: z.string(),
  natOutgoing: z.boolean(),
  disabled: z.boolean(),
  blockSize: z.number().optional(),
});
export type PoolInfo = z.infer<typeof poolSchema>;

/** What a cluster's network is at one time. No secrets: names, addresses, numbers. */
export const snapshotSchema = z.object({
  kind: z.literal('netwright-snapshot'),
  version: z.literal(SNAPSHOT_VERSION),
  /** ISO time. */
  takenAt: z.string(),
  cluster: z.object({ name: z.string(), serverVersion: z.string(), distribution: z.string() }),
  network: z.object({ kind: z.string(), source: z.string() }),
  nodes: z.array(nodeSchema),
  /** Absent where they could not be read; none on a cluster without Calico. */
  pools: z.array(poolSchema).optional(),
  services: z.array(serviceSchema),
  hosts: z.array(hostSchema),
  paths: z.array(pathSchema),
  /** `namespace/name`; absent where they could not be read. */
  policies: z.array(z.string()).optional(),
  workloads: z.array(workloadSnapshotSchema).optional(),
  /** What is missing here, and why. */
  notObserved: z.array(z.string()),
});
export type Snapshot = z.infer<typeof snapshotSchema>;
