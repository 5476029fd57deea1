import { CALICO, CALICO_NODE_ADDRESS } from '../../../helpers/model/overlay/calico.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'calico-wrong-node-address';
const KEY = `${CALICO}${CALICO_NODE_ADDRESS}`;
/** A bridge of Docker's, as Calico's autodetection finds first on some nodes. */
const OF_A_BRIDGE = '172.21.0.1/16';

export const faults: LabFault[] = [
  {
    id: `${code}/bridge`,
    code,
    title: 'Calico has the address of a bridge for a node, which leads nowhere from other nodes',
    takes: 'node',
    networks: ['calico-ipip', 'calico-vxlan'],
    inject: async (lab, { node = '' }) => {
      const { metadata } = await lab.get<{ metadata: { annotations: Record<string, string> } }>(['node', node]);
      const annotate = (value: string | undefined) => ['annotate', 'node', node, '--overwrite', `${KEY}=${value}`];
      await lab.kubectl(annotate(OF_A_BRIDGE), undefined, annotate(metadata.annotations[KEY]));
    },
    expected: atNode,
  },
];
