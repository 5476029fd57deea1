import type { FactValue, Reading } from '../model/facts.ts';
import type { ClusterClient } from './connect.ts';
import { reading } from './reading.ts';

/** Where each kubelet renews a Lease of its node's name. */
export const NODE_LEASES = 'kube-node-lease';

/** When a node's kubelet was heard last. Never throws: what could not be read says why. */
export const readNodeLease = (client: ClusterClient, name: string): Promise<Reading<FactValue<'node-lease'>>> =>
  reading(
    client,
    client.coordination.readNamespacedLease({ namespace: NODE_LEASES, name }).then(({ spec }) => {
      if (!spec?.renewTime) throw new Error(`the Lease of ${name} says no time`);
      return { renewedAt: new Date(spec.renewTime).toISOString() };
    }),
  );
