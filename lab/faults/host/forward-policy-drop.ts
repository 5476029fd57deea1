import type { FaultContext } from '../lib/context.ts';
import { formOfNode, formsOfNodes } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'forward-policy-drop';

/**
 * As a script does that hardens a host: iptables' own policy, and the rules that would have accepted pods taken out.
 */
async function iptablesPolicy(lab: FaultContext, node: string): Promise<void> {
  await lab.hold(node, 'flanneld');
  for (const rule of ['-s', '-d']) {
    const spec = [
      'FLANNEL-FWD',
      rule,
      lab.ranges.pods,
      '-m',
      'comment',
      '--comment',
      'flanneld forward',
      '-j',
      'ACCEPT',
    ];
    await lab.onNode(node, ['iptables', '-w', '-D', ...spec], ['iptables', '-w', '-A', ...spec]);
  }
  await lab.onNode(node, ['iptables', '-w', '-P', 'FORWARD', 'DROP'], ['iptables', '-w', '-P', 'FORWARD', 'ACCEPT']);
}

export const faults: LabFault[] = [
  ...formsOfNodes({ code, title: 'another table of nftables drops what is forwarded' }, (lab, node) =>
    lab.nftOnNode(node, 'forward', ['ct state established,related accept', 'meta nfproto ipv6 accept'], {
      priority: '0',
      policy: 'drop',
    }),
  ),
  formOfNode({ code, title: "iptables' FORWARD policy is DROP and nothing accepts pods" }, iptablesPolicy, 'iptables-'),
];
