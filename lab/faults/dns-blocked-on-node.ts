import { atNode, type LabFault } from './types.ts';

const code = 'dns-blocked-on-node';

export const faults: LabFault[] = [
  {
    id: `${code}/one-node`,
    code,
    title: 'a rule drops what pods send to port 53, on one node',
    takes: 'node',
    inject: (lab, { node = '' }) => lab.nftOnNode(node, 'prerouting', ['iifname "cni0" meta l4proto { tcp, udp } th dport 53 counter drop']),
    expected: atNode,
  },
];
