import { otherDnsPod } from '../lib/dns-pods.ts';
import { formsOf } from '../lib/peers-pods.ts';
import { ruleFirst } from '../lib/rules.ts';
import type { LabFault } from '../lib/types.ts';

const form = formsOf('packet-refused-by-rule');

export const faults: LabFault[] = [
  form(
    'one-coredns-pod',
    'a rule of one node refuses all that it forwards to one CoreDNS pod of another',
    async (lab, node) =>
      lab.nftOnNode(node, 'forward', [
        `ip daddr ${await otherDnsPod(lab, node)} counter reject with icmp type admin-prohibited`,
      ]),
    /nft inet netwright_fault_\d+\/forward: ip daddr \S+ reject with icmp admin-prohibited/,
  ),
  form(
    'reset',
    "one node resets what it forwards to port 8080 of another node's pods",
    (lab, node, pods) =>
      ruleFirst(lab, node, `FORWARD -d ${pods} -p tcp --dport 8080 -j REJECT --reject-with tcp-reset`),
    /iptables filter\/FORWARD: .*--reject-with tcp-reset/,
  ),
  form(
    'host-prohibited',
    "one node refuses what it forwards from another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `FORWARD -s ${pods} -j REJECT --reject-with icmp-host-prohibited`),
    /iptables filter\/FORWARD: -s \S+ -j REJECT --reject-with icmp-host-prohibited/,
  ),
  form(
    'output',
    "one node refuses what it sends itself to another node's pods",
    (lab, node, pods) => ruleFirst(lab, node, `OUTPUT -d ${pods} -j REJECT --reject-with icmp-admin-prohibited`),
    /iptables filter\/OUTPUT: .*--reject-with icmp-admin-prohibited/,
  ),
  form(
    'ports',
    "one node refuses what it forwards to a range of ports of another node's pods",
    (lab, node, pods) =>
      lab.nftOnNode(node, 'forward', [
        `ip daddr . tcp dport { ${pods} . 8000-9000 } counter reject with icmpx host-unreachable`,
      ]),
    /nft inet netwright_fault_\d+\/forward: ip daddr \. tcp dport /,
  ),
];
