import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { FaultContext } from './context.ts';

const FILE = '/etc/netwright/kubelet.yaml';

/** A kubelet that is new and says that it is well has read the file; on a busy machine that takes a while. */
const RESTART = `old=$(cat /run/netwright/kubelet.pid); kill "$old"
for i in $(seq 300); do
  [ "$(cat /run/netwright/kubelet.pid)" != "$old" ] && curl -sf -o /dev/null http://127.0.0.1:10248/healthz && exit 0
  sleep 0.2
done
exit 1`;

const set = (from: string, to: string): string[] => [
  'sh',
  '-c',
  `sed -i 's/^clusterDNS: \\[${from}\\]/clusterDNS: [${to}]/' ${FILE}\n${RESTART}`,
];

/** Has a node's kubelet give its pods another address as resolver, those that are there made anew. */
export async function tellPods(lab: FaultContext, node: string, address: string): Promise<void> {
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
  const { dns } = lab.ranges;
  await lab.onNode(node, set(dns, address), set(address, dns));
  await lab.kubectl(['wait', '--for=condition=Ready', 'node', node, '--timeout=60s']);
  await lab.kubectl(restartPods);
}
