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
  {
    id: `${code}/mark`,
    code,
    title: "a rule of one node clears kube-proxy's mark of all that comes in from other machines",
    takes: 'node',
    inject: (lab, { node = '' }) =>
      ruleFirst(lab, node, `-t mangle FORWARD -i ${lab.uplink.name} -j MARK --set-xmark 0x0/0x4000`),
    expected: atNode,
    line: /iptables mangle\/FORWARD: .*-j MARK/,
  },
  {
    id: `${code}/source`,
    code,
    title: "a rule of one node keeps what it hands on for other machines under these machines' own addresses",
    takes: 'node',
    inject: (lab, { node = '' }) => ruleFirst(lab, node, `-t nat POSTROUTING -o ${lab.tunnel} -j ACCEPT`),
    expected: atNode,
    line: /iptables nat\/POSTROUTING: .*-j ACCEPT/,
  },
];
