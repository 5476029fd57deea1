import { tellPods } from '../lib/kubelet-dns.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'node-local-dns-down';
/** The address of NodeLocal DNSCache in its own documents, and the device on which it puts it. */
const LOCAL = '169.254.20.10';
const DEVICE = 'nodelocaldns';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node's pods ask the node's DNS cache, which has ended and left its device",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      // A veth stands for the dummy device, which not every kernel has.
      await lab.inNetwork(
        node,
        ['ip', 'link', 'add', DEVICE, 'type', 'veth', 'peer', 'name', `${DEVICE}-w`],
        ['ip', 'link', 'del', DEVICE],
      );
      await lab.inNetwork(node, ['ip', 'addr', 'add', `${LOCAL}/32`, 'dev', DEVICE]);
      for (const device of [`${DEVICE}-w`, DEVICE]) await lab.inNetwork(node, ['ip', 'link', 'set', device, 'up']);
      await tellPods(lab, node, LOCAL);
    },
    expected: atNode,
  },
];
