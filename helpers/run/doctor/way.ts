import type { V1Node } from '@kubernetes/client-node';
import type { KubeconfigSource } from '../../model/kubeconfig-source.ts';
import type { SshTarget } from '../../model/targets.ts';
import { mayBeOutOfReach, reachesNodes } from '../reach.ts';
import { addressOf, type Check } from './check.ts';

const isReady = ({ status }: V1Node): boolean =>
  status?.conditions?.some(({ type, status: word }) => type === 'Ready' && word !== 'True') !== true;

/** Says where no way leads to the nodes; nothing where one does, or nobody would take it. */
export async function checkWay(
  nodes: readonly V1Node[],
  { kubeconfig, ssh }: { kubeconfig: KubeconfigSource; ssh: SshTarget | undefined },
  signal: AbortSignal,
): Promise<Check[]> {
  const addresses = nodes.filter(isReady).flatMap((node) => addressOf(node) ?? []);
  if (!mayBeOutOfReach(kubeconfig, ssh) || addresses.length === 0 || (await reachesNodes(addresses, signal))) return [];
  return [
    {
      name: 'way to the nodes',
      state: 'lack',
      text: 'nothing of any node answers from here (TCP 22, 80, 443, 10250)',
      cost: 'NodePorts are asked from inside alone, and the ports of the ingress from other nodes',
      hint: 'run it where the nodes are reached, or in the cluster (docs/nightly.md)',
    },
  ];
}
