import { z } from 'zod';

const nodes = z.array(z.string()).optional();
const pairs = z.array(z.tuple([z.string(), z.string()])).optional();

/**
 * What a probe's packets go through, as its plan knows it: a failure there may be the probe's failure. What is absent
 * is not crossed. What stands behind a Service is left to whoever reads it with the cluster's last state.
 */
export const crossesSchema = z.object({
  /** Pairs of nodes between which it goes under the nodes' own addresses. */
  underlay: pairs,
  /** Pairs of nodes between which the overlay carries it, in either direction. */
  overlay: pairs,
  /** Nodes whose pods it comes from or goes to. */
  pods: nodes,
  /** Nodes whose Service rules translate it. */
  translation: nodes,
  /** The Service that it needs, `namespace/name`. */
  service: z.string().optional(),
  /**
   * Nodes from which the pods behind the Service are reached; `ingress` for any node that runs the ingress controller.
   * Absent where a pod is asked by its own address.
   */
  servedFrom: z.union([z.array(z.string()), z.literal('ingress')]).optional(),
  /** The node whose NodePort hands it on to a node that runs the ingress controller. */
  entry: z.string().optional(),
  /** A replica of the cluster's DNS answers it, whichever. */
  dns: z.literal(true).optional(),
  /** Address of the endpoint that it asks. */
  endpoint: z.string().optional(),
  /** Pod name of the DNS replica that it asks. */
  replica: z.string().optional(),
  /** It needs an answer from outside of the cluster. */
  external: z.literal(true).optional(),
  /** The ingress host that it asks for. */
  host: z.string().optional(),
  /** `large`: packets of full size, by intent; `mixed`: an answer may have such; `small`: none has. */
  size: z.enum(['small', 'large', 'mixed']),
});
export type Crosses = z.infer<typeof crossesSchema>;
export type SizeClass = Crosses['size'];
