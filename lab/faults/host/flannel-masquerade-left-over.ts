import { formsOfNodes, podRange } from '../lib/places.ts';

/**
 * The rule that flannel wrote before it had chains of its own, left over before those: it makes pods that cross to
 * another node look like the tunnel.
 */
export const faults = formsOfNodes(
  {
    code: 'flannel-masquerade-left-over',
    title: "an old flannel's rule masquerades pods that talk to pods of other nodes",
  },
  async (lab, node) => {
    const rule = [
      'POSTROUTING',
      '-s',
      await podRange(lab, node),
      '-o',
      lab.tunnel,
      '-m',
      'comment',
      '--comment',
      'flanneld masq',
      '-j',
      'MASQUERADE',
    ];
    await lab.onNode(
      node,
      ['iptables', '-w', '-t', 'nat', '-I', ...rule],
      ['iptables', '-w', '-t', 'nat', '-D', ...rule],
    );
  },
);
