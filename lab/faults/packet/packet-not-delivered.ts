import { lastPeersPods } from '../lib/places.ts';
import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-not-delivered';

export const faults: LabFault[] = [
  {
    id: `${code}/time-to-live`,
    code,
    title: "a rule of one node uses up the time to live of what its pods send to another node's",
    takes: 'node',
    inject: async (lab, { node = '' }) =>
      ruleFirst(lab, node, `-t mangle PREROUTING -i cni0 -d ${await lastPeersPods(lab, node)} -j TTL --ttl-set 1`),
    expected: atNode,
  },
];
