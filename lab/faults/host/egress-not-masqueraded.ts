import { changePool, NO_POOL_MASQUERADES, untilWritten } from '../lib/calico.ts';
import { formsOfNodes } from '../lib/places.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'egress-not-masqueraded';
const title = 'pods leave the cluster with their own addresses, which nobody answers';

const JUMP = ['POSTROUTING', '-m', 'comment', '--comment', 'flanneld masq', '-j', 'FLANNEL-POSTRTG'];

/**
 * What flannel would write again every few seconds stays away only while it is held, or was started without --ip-masq.
 */
const byFlannel = formsOfNodes({ code, title }, async (lab, node) => {
  await lab.hold(node, 'flanneld');
  await lab.onNode(
    node,
    ['iptables', '-w', '-t', 'nat', '-D', ...JUMP],
    ['iptables', '-w', '-t', 'nat', '-A', ...JUMP],
  );
});

export const faults: LabFault[] = [
  ...byFlannel.map((form): LabFault => ({ ...form, networks: ['flannel', 'canal'] })),
  {
    id: `${code}/calico-pool`,
    code,
    title: `${title}: Calico's pool has natOutgoing off`,
    takes: 'none',
    networks: ['calico-ipip', 'calico-vxlan', 'calico-bgp'],
    inject: async (lab) => {
      await changePool(lab, { natOutgoing: false });
      for (const { name } of lab.status.nodes) await untilWritten(lab, name, NO_POOL_MASQUERADES);
    },
    expected: everywhere,
  },
];
