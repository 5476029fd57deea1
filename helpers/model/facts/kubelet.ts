import { z } from 'zod';

/** What is read of the kubelet of a node that is not Ready. */

const nodeAgentSchema = z.object({
  pid: z.number(),
  /** As ps prints it: it begins with `T` for a process that is stopped. */
  state: z.string(),
  elapsedSeconds: z.number(),
  name: z.string(),
});
export type NodeAgent = z.infer<typeof nodeAgentSchema>;

const logLineSchema = z.object({
  text: z.string(),
  /** Before the reading, by the node's own clock; absent where the line says no time. */
  ageSeconds: z.number().optional(),
});
export type KubeletLogLine = z.infer<typeof logLineSchema>;

const trySchema = z.object({
  /** curl's own figure: 7 no connection, 28 too late, 35 the TLS handshake. */
  exit: z.number(),
  connected: z.boolean(),
  /** Of the answer, if there was one. */
  status: z.number().optional(),
  words: z.string().optional(),
});

const apiServerWaySchema = z.object({
  /** Where the kubelet, or the agent that it is a part of, finds the API server. */
  server: z.string(),
  /** The node's connections to that port. */
  connections: z.array(z.object({ state: z.string(), sendQueueBytes: z.number() })),
  /** A request of a single frame, and one of several; absent where the node has no curl. */
  small: trySchema.optional(),
  large: trySchema.optional(),
});
export type ApiServerWay = z.infer<typeof apiServerWaySchema>;

/** Not of the script: what came of answers by SSH that fill less than a packet, and more. */
export const sizeTriedSchema = z.object({
  smallBytes: z.number(),
  largeBytes: z.number(),
  smallCame: z.boolean(),
  largeCame: z.boolean(),
});

export const KUBELET_SECTIONS = {
  'ssh/node-agents': z.array(nodeAgentSchema),
  /** Complaints alone, the newest last. */
  'ssh/kubelet-log': z.array(logLineSchema),
  'ssh/api-server-way': apiServerWaySchema,
};
