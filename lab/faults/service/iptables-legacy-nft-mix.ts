import { APPS, clusterIpOf } from '../../workloads/keybuzz.ts';
import { podRange, unusedIn } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'iptables-legacy-nft-mix';
const legacy = (...args: string[]): string[] => ['iptables-legacy', '-w', '-t', 'nat', ...args];

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "an older kube-proxy's rules are still in iptables' legacy tables of a node, and name pods that are gone",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const gone = `${unusedIn(await podRange(lab, node))}:8080`;
      await lab.onNode(node, legacy('-N', 'KUBE-SERVICES'), legacy('-X', 'KUBE-SERVICES'));
      await lab.onNode(node, ['true'], legacy('-F', 'KUBE-SERVICES'));
      for (const app of APPS) {
        await lab.onNode(
          node,
          legacy(
            '-A',
            'KUBE-SERVICES',
            '-d',
            `${clusterIpOf(app, lab.status.settings)}/32`,
            '-p',
            'tcp',
            '--dport',
            String(app.port),
            '-m',
            'comment',
            '--comment',
            `keybuzz/${app.name}:http cluster IP`,
            '-j',
            'DNAT',
            '--to-destination',
            gone,
          ),
        );
      }
      for (const hook of ['PREROUTING', 'OUTPUT'])
        await lab.onNode(node, legacy('-I', hook, '-j', 'KUBE-SERVICES'), legacy('-D', hook, '-j', 'KUBE-SERVICES'));
    },
    expected: atNode,
  },
];
