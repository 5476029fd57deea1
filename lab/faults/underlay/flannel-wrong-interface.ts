import { eventually } from '../../kubectl.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'flannel-wrong-interface';
const PID_FILE = '/run/netwright/fault-flanneld.pid';
const ANNOTATION = 'flannel.alpha.coreos.com/public-ip';
/**
 * RFC 5737 addresses of a second uplink that leads nowhere, as a public one does that nobody routes between the nodes.
 */
const otherAddress = (node: { address: string }): string => `203.0.113.${node.address.split('.').at(-1)}`;

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'flannel on a node uses a second interface, which does not reach the other nodes',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const address = otherAddress(lab.node(node));
      await lab.hold(node, 'flanneld');
      await lab.inNetwork(
        node,
        ['ip', 'link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth1-wire'],
        ['ip', 'link', 'del', 'eth1'],
      );
      for (const args of [
        ['addr', 'add', `${address}/24`, 'dev', 'eth1'],
        ['link', 'set', 'eth1', 'up'],
        ['link', 'set', 'eth1-wire', 'up'],
      ])
        await lab.inNetwork(node, ['ip', ...args]);
      const folder = lab.status.kubeconfig.replace(/kubeconfig$/, 'pki');
      const argv = [
        'flanneld',
        '--kube-subnet-mgr',
        '--kubeconfig-file',
        `${folder}/flannel.conf`,
        '--iface',
        'eth1',
        '--net-config-path',
        '/etc/netwright/net-conf.json',
        '--ip-masq',
        '--healthz-port',
        '0',
      ];
      const script =
        `export PATH=$(tr '\\0' '\\n' < /proc/1/environ | sed -n 's/^BIN=//p'):$PATH; NODE_NAME=${node} setsid ` +
        `"$@" > /run/netwright/fault-flanneld.log 2>&1 < /dev/null & echo $! > ${PID_FILE}`;
      await lab.onNode(
        node,
        ['bash', '-c', script, 'start', ...argv],
        ['sh', '-c', `kill "$(cat ${PID_FILE})"; ip link del ${lab.tunnel}; rm -f /run/netwright/fault-flanneld.*`],
      );
      await eventually(async () => {
        const { metadata } = await lab.get<{ metadata: { annotations: Record<string, string> } }>(['node', node]);
        if (metadata.annotations[ANNOTATION] !== address)
          throw new Error(`flannel on ${node} has not taken ${address}`);
      }, 20_000);
    },
    expected: atNode,
  },
];
