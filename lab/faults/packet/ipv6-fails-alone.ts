import { ipv6Of } from '../../makes/families.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'ipv6-fails-alone';

export const faults: LabFault[] = [
  {
    id: `${code}/tunnel-filtered-one-node`,
    code,
    title: "the network drops the tunnel's port between IPv6 addresses of nodes, at one node",
    takes: 'node',
    inject: (lab, { node = '' }) => {
      const address = ipv6Of(lab.node(node).address);
      return lab.inFabric(
        ...['saddr', 'daddr'].map((end) => `ip6 ${end} ${address} udp dport ${lab.port} counter drop`),
      );
    },
    expected: atNode,
    families: ['dual'],
  },
];
