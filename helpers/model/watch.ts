import { z } from 'zod';

/** What `netwright watch` saw: every path with its interruptions, and what changed in the cluster meanwhile. */

export const WATCH_VERSION = 1;

/** Classes of paths, in the report's order. */
export const WATCH_CLASSES = [
  'host-host',
  'pod-pod',
  'cluster-ip',
  'host-cluster-ip',
  'dns',
  'node-port',
  'ingress',
] as const;
export type WatchClass = (typeof WATCH_CLASSES)[number];

/** How a class is called. */
export const WATCH_WORDS: Record<WatchClass, string> = {
  'host-host': 'node to node',
  'pod-pod': 'pod to pod',
  'cluster-ip': 'ClusterIP from pods',
  'host-cluster-ip': 'ClusterIP from nodes',
  dns: 'DNS',
  'node-port': 'NodePort',
  ingress: 'ingress',
};

/** The same with the way of asking. */
export const watchWords = ({ pathClass, isLongLived }: { pathClass: WatchClass; isLongLived: boolean }): string =>
  `${WATCH_WORDS[pathClass]}, ${isLongLived ? 'long-lived' : 'new connections'}`;

const interruptionSchema = z.object({
  /** ISO time of the first request that was lost, and how long until one was answered again. */
  startedAt: z.string(),
  durationMs: z.number(),
  /** Requests sent in that time, lost of them, and of a long-lived connection those that only waited. */
  sent: z.number(),
  lost: z.number(),
  waited: z.number(),
  /** How many were lost in which way. */
  ways: z.record(z.string(), z.number()),
  /** Nothing could be seen from then on, or the watch ended: it may have lasted longer. */
  isEndUnseen: z.literal(true).optional(),
});

const pathSchema = z.object({
  id: z.string(),
  pathClass: z.enum(WATCH_CLASSES),
  isLongLived: z.boolean(),
  from: z.string(),
  to: z.string(),
  sent: z.number(),
  lost: z.number(),
  waited: z.number(),
  /** Lost requests with none other lost within a second: no interruption. */
  single: z.number(),
  interruptions: z.array(interruptionSchema),
  /** Times in which nobody asked: the agent was being made anew. */
  unseen: z.array(z.object({ startedAt: z.string(), durationMs: z.number() })),
});
export type WatchPath = z.infer<typeof pathSchema>;

const outageSchema = z.object({
  pathClass: z.enum(WATCH_CLASSES),
  isLongLived: z.boolean(),
  startedAt: z.string(),
  durationMs: z.number(),
  sent: z.number(),
  lost: z.number(),
  waited: z.number(),
  /** Ids of the paths that were interrupted, and how many such paths there are. */
  paths: z.array(z.string()),
  of: z.number(),
  isEndUnseen: z.literal(true).optional(),
  /** For how long an agent of its ends was kept from running meanwhile: it may be the machine, and no network. */
  stallMs: z.number().optional(),
  /** Which of `changes` stand beside it. */
  changes: z.array(z.number()),
});
export type WatchOutage = z.infer<typeof outageSchema>;

/** `seen` says that enough was seen, and nothing of whether it was good; `too long` and `held` answer --max-outage. */
export const WATCH_VERDICTS = ['seen', 'held', 'too long', 'not proved'] as const;
export type WatchVerdict = (typeof WATCH_VERDICTS)[number];

const changeSchema = z.object({ at: z.string(), text: z.string() });

/** What is told of a watch: watch.json. */
export const watchReportSchema = z.object({
  kind: z.literal('netwright-watch'),
  version: z.literal(WATCH_VERSION),
  runId: z.string(),
  netwrightVersion: z.string(),
  cluster: z.object({ name: z.string(), serverVersion: z.string(), distribution: z.string(), nodes: z.number() }),
  startedAt: z.string(),
  endedAt: z.string(),
  /** What can be said of it, and why not more: the exit code follows from it. */
  verdict: z.enum(WATCH_VERDICTS),
  reasons: z.array(z.string()),
  paths: z.array(pathSchema),
  /** How many paths never answered: nothing is said of them. */
  silent: z.number(),
  /** Interruptions of the same class at the same time, taken together. */
  outages: z.array(outageSchema),
  /** Nodes, network plugins and agents, and Kubernetes' events of nodes, by time. */
  changes: z.array(changeSchema),
  cost: z.object({
    /** Between two requests of a path. */
    intervalMs: z.number(),
    /** Of the node that has most: asked and answered together, as far as they can be known beforehand. */
    requestsPerSecond: z.number(),
    packetsPerSecond: z.number(),
    apiCalls: z.number(),
    execs: z.number(),
  }),
  /** What was not watched, and why. */
  notes: z.array(z.string()),
});
export type WatchReport = z.infer<typeof watchReportSchema>;

/** What of the cluster is looked at while it is watched. */
export interface ClusterState {
  network: string;
  nodes: Record<
    string,
    {
      isReady: boolean;
      isUnschedulable: boolean;
      bootId: string;
      kubeletVersion: string;
      /** Those that say something about the network. */
      annotations: Record<string, string>;
    }
  >;
  /** Pods of network plugins, DNS and proxies, and of Netwright, by `namespace/name`. */
  pods: Record<string, { node: string; isReady: boolean }>;
  /** Calico's IPPools in JSON, by name. */
  pools: Record<string, string>;
}
