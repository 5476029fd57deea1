import type { ClusterClient } from '../cluster/connect.ts';
import { readNodeLease } from '../cluster/node-lease.ts';

/** A kubelet renews its Lease every 10 s, whatever else it does; Kubernetes itself gives it 40 s or more. */
const UNHEARD_SECONDS = 15;

/**
 * For how many seconds the kubelets of these nodes have not been heard, of those that have been silent for longer than
 * any that is well. By the API server's own clock, so that no two machines' are compared; a Lease that may not be read
 * says nothing.
 */
export async function unheardSeconds(client: ClusterClient, nodes: readonly string[]): Promise<Map<string, number>> {
  if (nodes.length === 0) return new Map();
  const leases = await Promise.all(nodes.map((node) => readNodeLease(client, node)));
  const now = Date.now() + (client.answers.aheadMs ?? 0);
  return new Map(
    leases.flatMap(({ value }, index): [string, number][] => {
      const seconds = value ? Math.round((now - Date.parse(value.renewedAt)) / 1_000) : 0;
      return seconds > UNHEARD_SECONDS ? [[nodes[index] ?? '', seconds]] : [];
    }),
  );
}
