import { formsOfNodes } from '../lib/places.ts';

const JUMP = ['POSTROUTING', '-m', 'comment', '--comment', 'flanneld masq', '-j', 'FLANNEL-POSTRTG'];

/**
 * What flannel would write again every few seconds stays away only while it is held, or was started without --ip-masq.
 */
export const faults = formsOfNodes(
  { code: 'egress-not-masqueraded', title: 'pods leave the cluster with their own addresses, which nobody answers' },
  async (lab, node) => {
    await lab.hold(node, 'flanneld');
    await lab.onNode(
      node,
      ['iptables', '-w', '-t', 'nat', '-D', ...JUMP],
      ['iptables', '-w', '-t', 'nat', '-A', ...JUMP],
    );
  },
);
