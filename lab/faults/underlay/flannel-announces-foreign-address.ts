import { eventually } from '../../kubectl.ts';
import type { FaultContext } from '../lib/context.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'flannel-announces-foreign-address';
const PUBLIC_IP = 'flannel.alpha.coreos.com/public-ip';
const OVERWRITE = 'flannel.alpha.coreos.com/public-ip-overwrite';
const RESTART = ['sh', '-c', 'kill "$(cat /run/netwright/flanneld.pid)"'];

async function announced(lab: FaultContext, node: string, address: string): Promise<void> {
  await eventually(async () => {
    const { metadata } = await lab.get<{ metadata: { annotations: Record<string, string> } }>(['node', node]);
    if (metadata.annotations[PUBLIC_IP] !== address) throw new Error(`flannel on ${node} has not taken ${address}`);
  }, 20_000);
}

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'an annotation has flannel announce an address for a node that leads nowhere',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      // RFC 5737: an address that nobody has.
      const address = `203.0.113.${lab.node(node).address.split('.').at(-1)}`;
      await lab.onHealing({ on: 'node', node, argv: RESTART });
      await lab.kubectl(['annotate', 'node', node, `${OVERWRITE}=${address}`], undefined, [
        'annotate',
        'node',
        node,
        `${OVERWRITE}-`,
      ]);
      await lab.onNode(node, RESTART);
      await announced(lab, node, address);
    },
    expected: atNode,
  },
];
