import { otherDnsPod } from '../lib/dns-pods.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'no-route-for-packet';

export const faults: LabFault[] = [
  {
    id: `${code}/blackhole-one-coredns-pod`,
    code,
    title: 'a blackhole route of one node swallows what is for one CoreDNS pod of another',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const address = await otherDnsPod(lab, node);
      const route = ['ip', 'route'];
      await lab.onNode(node, [...route, 'add', 'blackhole', address], [...route, 'del', 'blackhole', address]);
    },
    expected: atNode,
  },
];
