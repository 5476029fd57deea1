import { changePool } from '../lib/calico.ts';
import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'cni-setup-fails';
const CONF = '/etc/cni/net.d/10-flannel.conflist';
const KEPT = '/run/netwright-cni.conflist';
const CALICO_CONF = '/etc/cni/net.d/10-calico.conflist';
const EXPIRED = '/etc/netwright/calico-expired.conf';
/** The plugin's own credentials with a token in their place that the API server never gave. */
const EXPIRE = `kubeconfig=$(grep -o '"kubeconfig":"[^"]*"' ${CALICO_CONF} | cut -d'"' -f4)
sed -E 's/client-certificate-data:.*/token: expired/; /client-key-data/d' "$kubeconfig" > ${EXPIRED}
cp -p ${CALICO_CONF} ${KEPT}
sed -i "s|$kubeconfig|${EXPIRED}|" ${CALICO_CONF}`;

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
  {
    id: `${code}/calico-token-expired`,
    code,
    title: "a node is Ready and gives new pods no network: the API server refuses the token of Calico's plugin",
    takes: 'node',
    networks: ['calico-ipip', 'calico-vxlan'],
    inject: async (lab, { node = '' }) => {
      await lab.onNode(
        node,
        ['sh', '-ec', EXPIRE],
        ['sh', '-c', `cat ${KEPT} > ${CALICO_CONF}; rm -f ${KEPT} ${EXPIRED}`],
      );
    },
    expected: atNode,
  },
  {
    id: `${code}/calico-pool-disabled`,
    code,
    title: "nodes are Ready and give new pods no network: Calico's only pool is disabled",
    takes: 'none',
    networks: ['calico-ipip', 'calico-vxlan', 'calico-bgp'],
    inject: (lab) => changePool(lab, { disabled: true }),
    expected: everywhere,
  },
  {
    id: `${code}/calico-pool-elsewhere`,
    code,
    title: "a node is Ready and gives new pods no network: the nodeSelector of Calico's pool leaves it out",
    takes: 'node',
    networks: ['calico-ipip', 'calico-vxlan', 'calico-bgp'],
    inject: (lab, { node = '' }) => changePool(lab, { nodeSelector: `kubernetes.io/hostname != '${node}'` }),
    expected: atNode,
  },
];
