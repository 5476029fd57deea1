import { otherDnsPod } from '../lib/dns-pods.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-refused-by-rule';

export const faults: LabFault[] = [
  {
    id: `${code}/one-coredns-pod`,
    code,
    title: 'a rule of one node refuses all that it forwards to one CoreDNS pod of another',
    takes: 'node',
    inject: async (lab, { node = '' }) =>
      lab.nftOnNode(node, 'forward', [
        `ip daddr ${await otherDnsPod(lab, node)} counter reject with icmp type admin-prohibited`,
      ]),
    expected: atNode,
  },
];
