import { eventually } from '../../kubectl.ts';
import { NAMESPACE } from '../../workloads/keybuzz.ts';
import { pods } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'two-cni-configs';
const FILE = '/etc/cni/net.d/05-bridge.conflist';
const PREFIX = '10.244.7.';
const CONFLIST = JSON.stringify({
  name: 'old',
  cniVersion: '1.0.0',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni1',
      isDefaultGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: { type: 'host-local', ranges: [[{ subnet: `${PREFIX}0/24` }]] },
    },
  ],
});
const WORKLOADS = [NAMESPACE, 'kube-system'];

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "another network plugin's file comes first on a node: new pods get addresses that no other node knows",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const restart = (namespace: string) => [
        '-n',
        namespace,
        'delete',
        'pods',
        '--field-selector',
        `spec.nodeName=${node}`,
        '--grace-period=1',
        '--wait=true',
      ];
      await lab.onNode(node, ['true'], ['sh', '-c', 'ip link del cni1; rm -rf /var/lib/cni/networks/old']);
      for (const namespace of WORKLOADS) await lab.onHealing({ on: 'kubectl', argv: restart(namespace) });
      await lab.onNode(node, ['tee', FILE], ['sh', '-c', `rm -f ${FILE}; sleep 0.5`], CONFLIST);
      // The runtime reads the folder anew when it changes; a pod that keeps its place shows which file won.
      await eventually(async () => {
        for (const namespace of WORKLOADS) await lab.kubectl(restart(namespace));
        await eventually(async () => {
          const made = await pods(lab, ['-A', '--field-selector', `spec.nodeName=${node}`]);
          if (!made.some(({ status }) => status.podIP?.startsWith(PREFIX)))
            throw new Error(`no pod of ${node} has an address of the second configuration`);
        }, 8_000);
      }, 20_000);
    },
    expected: atNode,
  },
];
