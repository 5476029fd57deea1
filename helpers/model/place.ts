import { z } from 'zod';

/**
 * Where a probe stood: `pod` in a pod network, `host` on a node's host network, `runner` where Netwright runs, `ssh` on
 * a node by SSH.
 */
const NETWORKS = ['pod', 'host', 'runner', 'ssh'] as const;

export const PATH_CLASSES = ['pod-pod', 'host-pod', 'pod-host', 'host-host'] as const;
export type PathClass = (typeof PATH_CLASSES)[number];

/** One end of a probe. */
export const placeSchema = z.object({
  network: z.enum(NETWORKS).optional(),
  node: z.string().optional(),
  pod: z.string().optional(),
  ip: z.string().optional(),
  port: z.number().optional(),
  /** What it is called: `namespace/service`, a host name, a DNS name. */
  name: z.string().optional(),
});
export type Place = z.infer<typeof placeSchema>;
