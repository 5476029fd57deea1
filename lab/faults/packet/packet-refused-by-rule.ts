import type { FaultContext } from '../lib/context.ts';
import { otherDnsPod } from '../lib/dns-pods.ts';
import { lastPeersPods } from '../lib/places.ts';
import { ruleFirst } from '../lib/rules.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-refused-by-rule';

type Inject = (lab: FaultContext, node: string, peersPods: string) => Promise<void>;

const form = (name: string, title: string, inject: Inject): LabFault => ({
  id: `${code}/${name}`,
  code,
  title,
  takes: 'node',
  inject: async (lab, { node = '' }) => inject(lab, node, await lastPeersPods(lab, node)),
  expected: atNode,
});

export const faults: LabFault[] = [
  form(
    'one-coredns-pod',
    'a rule of one node refuses all that it forwards to one CoreDNS pod of another',
    async (lab, node) =>
      lab.nftOnNode(node, 'forward', [
        `ip daddr ${await otherDnsPod(lab, node)} counter reject with icmp type admin-prohibited`,
      ]),
  ),
  form('reset', "one node resets what it forwards to port 8080 of another node's pods", (lab, node, pods) =>
    ruleFirst(lab, node, `FORWARD -d ${pods} -p tcp --dport 8080 -j REJECT --reject-with tcp-reset`),
  ),
  form('host-prohibited', "one node refuses what it forwards from another node's pods", (lab, node, pods) =>
    ruleFirst(lab, node, `FORWARD -s ${pods} -j REJECT --reject-with icmp-host-prohibited`),
  ),
  form('output', "one node refuses what it sends itself to another node's pods", (lab, node, pods) =>
    ruleFirst(lab, node, `OUTPUT -d ${pods} -j REJECT --reject-with icmp-admin-prohibited`),
  ),
  form('ports', "one node refuses what it forwards to a range of ports of another node's pods", (lab, node, pods) =>
    lab.nftOnNode(node, 'forward', [
      `ip daddr . tcp dport { ${pods} . 8000-9000 } counter reject with icmpx host-unreachable`,
    ]),
  ),
];
