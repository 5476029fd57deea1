import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'kubelet-tunnel-broken';

export const faults: LabFault[] = [
  {
    id: `${code}/one-node`,
    code,
    title: 'TCP 10250 of one node is filtered',
    takes: 'node',
    inject: (lab, { node = '' }) => lab.inFabric(`ip daddr ${lab.node(node).address} tcp dport 10250 counter drop`),
    expected: atNode,
  },
  {
    id: `${code}/all-nodes`,
    code,
    title: 'TCP 10250 is filtered between nodes',
    takes: 'none',
    inject: (lab) => lab.inFabric('tcp dport 10250 counter drop'),
    expected: everywhere,
  },
];
