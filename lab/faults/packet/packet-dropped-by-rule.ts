import { atNode, type LabFault } from '../lib/types.ts';
import { dnsPods, otherDnsPod } from '../lib/dns-pods.ts';

const code = 'packet-dropped-by-rule';

export const faults: LabFault[] = [
  {
    id: `${code}/names-one-node`,
    code,
    title: 'rules of one node drop UDP to port 53 of the CoreDNS pods of other nodes, forwarded and its own',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const addresses = (await dnsPods(lab)).filter((pod) => pod.node !== node).map(({ address }) => address);
      const rule = `ip daddr { ${addresses.join(', ')} } udp dport 53 counter drop`;
      await lab.nftOnNode(node, 'forward', [rule]);
      await lab.nftOnNode(node, 'output', [rule]);
    },
    expected: atNode,
  },
  {
    id: `${code}/one-coredns-pod`,
    code,
    title: 'a rule of one node drops all that it forwards to one CoreDNS pod of another',
    takes: 'node',
    inject: async (lab, { node = '' }) =>
      lab.nftOnNode(node, 'forward', [`ip daddr ${await otherDnsPod(lab, node)} counter drop`]),
    expected: atNode,
  },
];
