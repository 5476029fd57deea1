import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'node-local-dns-down';
const FILE = '/etc/netwright/kubelet.yaml';
/** The address of NodeLocal DNSCache in its own documents. */
const LOCAL = '169.254.20.10';
const set = (from: string, to: string): string[] => [
  'sh',
  '-c',
  `sed -i 's/^clusterDNS: \\[${from}\\]/clusterDNS: [${to}]/' ${FILE}; kill "$(cat /run/netwright/kubelet.pid)"; ` +
    'sleep 3',
];

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node's pods ask the node's DNS cache, which is not there",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const restartPods = [
        '-n',
        NAMESPACE,
        'delete',
        'pods',
        '--field-selector',
        `spec.nodeName=${node}`,
        '--grace-period=1',
        '--wait=true',
      ];
      await lab.onHealing({ on: 'kubectl', argv: restartPods });
      await lab.onNode(node, set('10.43.0.10', LOCAL), set(LOCAL, '10.43.0.10'));
      await lab.kubectl(['wait', '--for=condition=Ready', 'node', node, '--timeout=60s']);
      await lab.kubectl(restartPods);
    },
    expected: atNode,
  },
];
