import { nodeSet } from '../lib/places.ts';
import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'firewall-inbound-deny';
const title = 'a stateful firewall denies inbound all but TCP 22, 80, 443, 6443, 10250 and ICMP';

// Stateful, as the provider's is: VXLAN's two directions are two flows, so that one never opens the way for the other.
// Connections that were there before it go on, as behind one that has seen them begin: felix and kubelet watch by them.
const rules = (target: string): string[] => [
  'ct state established,related accept',
  'tcp flags & (syn | ack) == ack accept',
  `ip daddr ${target} tcp dport { 22, 80, 443, 6443, 10250 } accept`,
  `ip daddr ${target} ip protocol icmp accept`,
  `ip daddr ${target} counter drop`,
];

export const faults: LabFault[] = [
  {
    id: `${code}/all`,
    code,
    title: `${title}, before every node`,
    takes: 'none',
    inject: (lab) => lab.inFabricStateful(...rules(nodeSet(lab))),
    expected: everywhere,
  },
  {
    id: `${code}/one-node`,
    code,
    title: `${title}, before one node`,
    takes: 'node',
    inject: (lab, { node = '' }) => lab.inFabricStateful(...rules(lab.node(node).address)),
    expected: atNode,
  },
];
