import { z } from 'zod';
import type { Overlay } from '../overlay.ts';
import { dnsPodSchema, ingressInfoSchema, ingressPodSchema, nodeInfoSchema, serviceInfoSchema } from '../topology.ts';

const vxlan = { vni: z.number(), port: z.number().optional(), device: z.string() };
const origin = { source: z.string(), policies: z.literal('calico').optional() };
const overlaySchema: z.ZodType<Overlay> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flannel-vxlan'), ...vxlan, ...origin }),
  z.object({ kind: z.literal('flannel-host-gw'), ...origin }),
  z.object({ kind: z.literal('flannel-wireguard'), device: z.string(), ...origin }),
  z.object({ kind: z.literal('calico-ipip'), device: z.string(), ...origin }),
  z.object({ kind: z.literal('calico-vxlan'), ...vxlan, ...origin }),
  z.object({ kind: z.literal('calico-bgp'), ...origin }),
  z.object({ kind: z.literal('cilium'), ...origin }),
  z.object({ kind: z.literal('unknown'), ...origin }),
]);

const identitySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('json-service') }),
  z.object({ kind: z.literal('body-pattern'), pattern: z.string() }),
  z.object({ kind: z.literal('header'), name: z.string(), pattern: z.string() }),
  z.object({ kind: z.literal('compare') }),
]);

/** What the run was asked to look at, without what only its own process needs. */
const targetsSchema = z.object({
  services: z.array(
    z.object({
      namespace: z.string(),
      name: z.string(),
      httpPort: z.number().optional(),
      healthPath: z.string(),
      identity: identitySchema,
    }),
  ),
  hosts: z.array(z.object({ host: z.string(), service: z.string().optional(), path: z.string() })),
  ingressNodes: z.array(z.string()),
  ingressNodePortHttp: z.number().optional(),
  ingressNodePortHttps: z.number().optional(),
  loadBalancer: z.string().optional(),
  ssh: z.boolean(),
});

const networkPolicySchema = z.object({
  /** As the API calls it; absent for Kubernetes' own NetworkPolicy. */
  kind: z.string().optional(),
  /** Absent where it is the whole cluster's. */
  namespace: z.string().optional(),
  name: z.string(),
  /** Of the pods that it selects; empty where it selects all, or by expressions. */
  labels: z.record(z.string(), z.string()),
});
export type NetworkPolicyInfo = z.infer<typeof networkPolicySchema>;

const ingressClassSchema = z.object({ name: z.string(), controller: z.string() });
export type IngressClassInfo = z.infer<typeof ingressClassSchema>;

const eventSchema = z.object({
  node: z.string().optional(),
  /** Kind, namespace and name. */
  object: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
});
export type NetworkEvent = z.infer<typeof eventSchema>;

const silenceSchema = z.object({
  /** ISO time at which the first request was sent that got no answer. */
  from: z.string(),
  /** ISO time of the last moment of which it is known; absent where no answer came until the end of the run. */
  until: z.string().optional(),
  /** At least so long: no request may have been under way when it began. */
  seconds: z.number(),
});
export type ApiSilence = z.infer<typeof silenceSchema>;

/**
 * What the Kubernetes API said. A key in the singular is one fact an object, and `cluster` begins a reading: an object
 * that an earlier reading had and the last one has not is gone. A key in the plural is one fact with a list, which can
 * be refused as a whole.
 */
export const KUBERNETES_FACTS = {
  cluster: z.object({ name: z.string(), serverVersion: z.string(), distribution: z.enum(['k3s', 'kubernetes']) }),
  overlay: overlaySchema,
  node: nodeInfoSchema,
  /** Those of the targets, and the cluster's DNS Service, which says so. */
  service: serviceInfoSchema.extend({ dns: z.boolean().optional() }),
  'ingress-service': serviceInfoSchema,
  'ingress-pod': ingressPodSchema,
  'dns-pod': dnsPodSchema,
  ingress: ingressInfoSchema,
  targets: targetsSchema,
  /** Never has a value: only says why the cluster could not be read again. */
  'second-reading': z.never(),
  /** A time in which the API server answered no request of the run. */
  'api-silence': silenceSchema.extend({
    /** Ready nodes of which it had not heard meanwhile, as it said when it answered again. */
    unheardNodes: z.array(z.string()),
  }),
  'network-policies': z.array(networkPolicySchema),
  'ingress-classes': z.array(ingressClassSchema),
  events: z.array(eventSchema),
  /** When the kubelet of a node that is not Ready was heard last, by the Lease that it renews every 10 s. */
  'node-lease': z.object({ renewedAt: z.string() }),
  /** How far the API server's clock is before that of the machine that runs Netwright. */
  'api-clock': z.object({ aheadMs: z.number() }),
  /** A probe that does not run on a Ready node, and why, in the words of who refused. */
  'no-probe': z.object({ network: z.enum(['pod', 'host']), why: z.string() }),
  'pod-log': z.object({ namespace: z.string(), pod: z.string(), text: z.string() }),
  /** Whose address a resolver is that pods are given. */
  'dns-address': z.object({
    address: z.string(),
    /** The Service that has it as its ClusterIP. */
    service: z.object({ namespace: z.string(), name: z.string(), ports: z.array(z.number()) }).optional(),
    /** Pods of a DNS cache on each node, wherever they are. */
    caches: z.array(z.object({ pod: z.string(), node: z.string(), ready: z.boolean() })),
  }),
  /** What CoreDNS is configured by: texts by ConfigMap and file, `coredns/Corefile`. */
  corefile: z.object({ namespace: z.string(), files: z.record(z.string(), z.string()) }),
};
