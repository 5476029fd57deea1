import { z } from 'zod';
import { poolSchema, snapshotSchema, workloadSnapshotSchema } from '../snapshot.ts';

/** Networks that an acceptance can be asked for. */
export const ACCEPTED_NETWORKS = [
  'flannel-vxlan',
  'flannel-host-gw',
  'flannel-wireguard',
  'calico-ipip',
  'calico-vxlan',
  'calico-bgp',
  'cilium',
] as const;
export type AcceptedNetwork = (typeof ACCEPTED_NETWORKS)[number];

const podSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  node: z.string(),
  /** All its addresses; none before it has one. */
  ips: z.array(z.string()),
  hostNetwork: z.boolean(),
  ready: z.boolean(),
  dnsPolicy: z.string(),
  /** Kind and name of what made it, `ReplicaSet web-1`. */
  owner: z.string().optional(),
  /** What its label `k8s-app` or `app` says. */
  app: z.string().optional(),
});
export type PodInfo = z.infer<typeof podSchema>;

/** What a workload was put through, and what was lost of the requests that went through it meanwhile. */
const exercisedSchema = z.object({
  /** `namespace/name` of the Deployment. */
  workload: z.string(),
  /** Ways that were asked: its Services from every node, its hosts from outside. */
  paths: z.number(),
  sent: z.number(),
  lost: z.number(),
  steps: z.array(
    z.object({
      step: z.enum(['scale-up', 'rolling restart', 'scale-down']),
      isDone: z.boolean(),
      tookMs: z.number(),
      sent: z.number(),
      lost: z.number(),
    }),
  ),
  /** Each way that lost some: who asked whom, by which connections, and how many in which way. */
  losses: z.array(z.object({ way: z.string(), how: z.record(z.string(), z.number()) })),
  /** Whether it is asked for as many pods again as before. */
  isRestored: z.boolean(),
  /** Why it did not come to the end. */
  why: z.string().optional(),
});
export type Exercised = z.infer<typeof exercisedSchema>;

/** How a way between two pods of ours answered. */
const answerSchema = z.enum(['answered', 'silent', 'refused', 'not observed']);
export type PolicyAnswer = z.infer<typeof answerSchema>;

/** One way, by TCP and by UDP: without a policy, against one that denies all, and with one more that allows TCP. */
const policyWaySchema = z.object({
  from: z.string(),
  to: z.string(),
  without: z.object({ tcp: answerSchema, udp: answerSchema }),
  denied: z.object({ tcp: answerSchema, udp: answerSchema }),
  allowed: z.object({ tcp: answerSchema, udp: answerSchema }),
});
export type PolicyWay = z.infer<typeof policyWaySchema>;

/** What only a snapshot and an acceptance read of the API, and what was asked of an acceptance. */
export const ACCEPTANCE_FACTS = {
  /** Those that have not ended, without Netwright's own. */
  pods: z.array(podSchema),
  workloads: z.array(workloadSnapshotSchema),
  /** Calico's; none where the cluster does not know the resource. */
  'ip-pools': z.array(poolSchema),
  /** How policies of Netwright's own before its own pods were kept to, or why none was tried. */
  'policies-tried': z.object({ ways: z.array(policyWaySchema), why: z.string().optional() }),
  /** One a workload that was named for it. */
  exercised: exercisedSchema,
  /** What is wanted, and what was before. */
  acceptance: z.object({
    network: z.enum(ACCEPTED_NETWORKS).optional(),
    /** `namespace/name` of what has to be a Deployment in the pod network. */
    deployments: z.array(z.string()),
    before: snapshotSchema.optional(),
  }),
};
