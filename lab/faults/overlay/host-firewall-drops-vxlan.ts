import type { FaultContext } from '../lib/context.ts';
import { formOfNode, formsOfNodes } from '../lib/places.ts';
import { atDirection, type LabFault } from '../lib/types.ts';

const code = 'host-firewall-drops-vxlan';
const title = "the node's own firewall drops the overlay's packets as they come in";

/** The overlay's packets, as a rule names them. */
const wire = ({ port, status }: FaultContext): string =>
  status.settings.network === 'calico-ipip' ? 'ip protocol 4' : `udp dport ${port}`;

/**
 * The rules that images of Oracle Cloud bring, with the ports that a lab is reached by: all else is refused, for the
 * node itself and for what it passes on. flannel puts its own rules behind them, kube-proxy before them.
 */
const IMAGE_RULES = [
  'INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  'INPUT -p icmp -j ACCEPT',
  'INPUT -i lo -j ACCEPT',
  'INPUT -p tcp -m multiport --dports 22,6443,10250 -j ACCEPT',
  'INPUT -j REJECT --reject-with icmp-host-prohibited',
  'FORWARD -j REJECT --reject-with icmp-host-prohibited',
];
/** flannel's jump goes to the end of its chain, where it would be on such an image; flannel puts it back itself. */
const FLANNEL_LAST =
  'iptables -S FORWARD | sed -n "/FLANNEL-FWD/{s/^-A/-D/p}" | while read -r r; do eval iptables -w $r; done';

async function bringImageRules(lab: FaultContext, node: string): Promise<void> {
  for (const rule of IMAGE_RULES) {
    const change = (how: string) => ['iptables', '-w', how, ...rule.split(' ')];
    await lab.onNode(node, change('-A'), change('-D'));
  }
  await lab.onNode(node, ['sh', '-c', FLANNEL_LAST]);
}

export const faults: LabFault[] = [
  ...formsOfNodes(
    { code, title: 'the firewall of a cloud image refuses all but SSH and the servers’ ports' },
    bringImageRules,
    'image-',
  ),
  ...formsOfNodes({ code, title }, (lab, node) => lab.nftOnNode(node, 'input', [`${wire(lab)} counter drop`])),
  {
    id: `${code}/one-direction`,
    code,
    title: `${title} from one other node`,
    takes: 'pair',
    inject: (lab, { from = '', to = '' }) =>
      lab.nftOnNode(to, 'input', [`ip saddr ${lab.node(from).address} ${wire(lab)} counter drop`]),
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
