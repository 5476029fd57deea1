import { nodeSet } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'node-unreachable-from-outside';

export const faults: LabFault[] = [
  {
    id: `${code}/in-path`,
    code,
    title: 'a node is out of reach on the way for those who are not nodes',
    takes: 'node',
    inject: (lab, { node = '' }) =>
      lab.inFabric(
        // Answers to what the node itself asks outside, such as names, come through, as a stateful firewall lets them.
        `ip saddr != ${nodeSet(lab)} ip daddr ${lab.node(node).address} tcp flags & (syn | ack) == syn counter drop`,
      ),
    expected: atNode,
  },
];
