import { formOfNode, formsOfNodes } from '../lib/places.ts';
import { atDirection, type LabFault } from '../lib/types.ts';

const code = 'host-firewall-drops-vxlan';
const title = "the node's own firewall drops what comes in on the overlay's UDP port";

export const faults: LabFault[] = [
  ...formsOfNodes({ code, title }, (lab, node) => lab.nftOnNode(node, 'input', [`udp dport ${lab.port} counter drop`])),
  {
    id: `${code}/one-direction`,
    code,
    title: `${title} from one other node`,
    takes: 'pair',
    inject: (lab, { from = '', to = '' }) =>
      lab.nftOnNode(to, 'input', [`ip saddr ${lab.node(from).address} udp dport ${lab.port} counter drop`]),
    expected: atDirection,
  },
  formOfNode(
    { code, title: 'iptables on the node denies the overlay’s UDP port after the rules of kube-proxy, with a refusal' },
    async (lab, node) => {
      const rule = [
        'INPUT',
        '-p',
        'udp',
        '--dport',
        `${lab.port}`,
        '-j',
        'REJECT',
        '--reject-with',
        'icmp-host-prohibited',
      ];
      await lab.onNode(node, ['iptables', '-w', '-A', ...rule], ['iptables', '-w', '-D', ...rule]);
    },
    'refused-',
  ),
];
