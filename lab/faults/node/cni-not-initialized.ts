import { NOT_READY, untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'cni-not-initialized';
const FILE = '/etc/cni/net.d/10-flannel.conflist';
const ASIDE = '/run/netwright/10-flannel.conflist';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'the configuration of the pod network is gone from a node',
    takes: 'node',
    networks: ['flannel'],
    inject: async (lab, { node = '' }) => {
      await lab.onNode(node, ['mv', FILE, ASIDE], ['mv', ASIDE, FILE]);
      await untilNotReady(lab, node, 'False');
    },
    expected: atNode,
    also: NOT_READY,
  },
];
