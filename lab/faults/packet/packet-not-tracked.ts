import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-not-tracked';

export const faults: LabFault[] = [
  {
    id: `${code}/services`,
    code,
    title: 'a rule of one node keeps what pods send to Services from connection tracking',
    takes: 'node',
    inject: (lab, { node = '' }) => ruleFirst(lab, node, `-t raw PREROUTING -d ${lab.ranges.services} -j CT --notrack`),
    expected: atNode,
    line: /iptables raw\/PREROUTING: .*-j CT --notrack/,
  },
  {
    id: `${code}/zone`,
    code,
    title: 'a rule of one node puts what pods send into a zone of its own, and not what they are answered',
    takes: 'node',
    inject: (lab, { node = '' }) => ruleFirst(lab, node, '-t raw PREROUTING -i cni0 -j CT --zone 7'),
    expected: atNode,
    line: /iptables raw\/PREROUTING: -i cni0 -j CT --zone 7/,
  },
];
