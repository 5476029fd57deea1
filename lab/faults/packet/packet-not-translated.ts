import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-not-translated';

export const faults: LabFault[] = [
  {
    id: `${code}/services`,
    code,
    title: 'a rule of one node lets pass what pods send to Services before kube-proxy translates it',
    takes: 'node',
    inject: (lab, { node = '' }) =>
      ruleFirst(lab, node, `-t nat PREROUTING -i cni0 -d ${lab.ranges.services} -j ACCEPT`),
    expected: atNode,
    line: /iptables nat\/PREROUTING: .*-j ACCEPT/,
  },
];
