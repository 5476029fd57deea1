import { formOfNode } from '../lib/places.ts';

const OTHER = 'cilium_vxlan';

/** As Cilium leaves its device behind, run by metadata: it has the whole port, and flannel's does not come up. */
const clash = formOfNode(
  { code: 'vxlan-port-clash', title: "another plugin's device has the tunnel's UDP port" },
  async (lab, node) => {
    await lab.hold(node, 'flanneld');
    await lab.inNetwork(node, ['ip', 'link', 'del', lab.tunnel]);
    await lab.inNetwork(
      node,
      ['ip', 'link', 'add', OTHER, 'type', 'vxlan', 'external', 'dstport', String(lab.port)],
      ['ip', 'link', 'del', OTHER],
    );
    await lab.inNetwork(node, ['ip', 'link', 'set', OTHER, 'up']);
    await lab.onNode(node, ['rm', '-f', '/run/netwright/hold-flanneld']);
  },
);

// That the tunnel is down is seen without SSH, and why is not.
export const faults = [{ ...clash, also: ['vxlan-module-missing'] }];
