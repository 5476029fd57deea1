import { atNode, type LabFault } from '../lib/types.ts';

const code = 'cni-setup-fails';
const CONF = '/etc/cni/net.d/10-flannel.conflist';
const KEPT = '/run/netwright-cni.conflist';

export const faults: LabFault[] = [
  {
    id: `${code}/plugin-missing`,
    code,
    title: 'a node is Ready and gives new pods no network: the plugin that its configuration names is not there',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.onNode(
        node,
        ['sh', '-c', `cp -p ${CONF} ${KEPT} && sed -i 's/"type": *"bridge"/"type":"flannel"/' ${CONF}`],
        ['sh', '-c', `cat ${KEPT} > ${CONF}; rm -f ${KEPT}`],
      );
    },
    expected: atNode,
  },
];
