import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { FaultContext } from './context.ts';
import { pods } from './places.ts';

const iptables = (...args: string[]): string[] => ['iptables', '-w', ...args];

/**
 * The rules that K3s' policy controller writes for pods that nobody may reach, on the pods' own nodes: a lab runs no
 * such controller. Rejected as it does, and as it does without concern for the kubelet, which is not forwarded.
 */
export async function denyPods(lab: FaultContext, app: string): Promise<void> {
  for (const [index, pod] of (await pods(lab, ['-n', NAMESPACE, '-l', `app=${app}`])).entries()) {
    const node = pod.spec.nodeName as string;
    const chain = `KUBE-POD-FW-NETWRIGHT${index}`;
    const jump = [
      'FORWARD',
      '-d',
      pod.status.podIP as string,
      '-m',
      'comment',
      '--comment',
      `rule to jump traffic destined to POD name:${pod.metadata.name} namespace: ${NAMESPACE} to chain ${chain}`,
      '-j',
      chain,
    ];
    await lab.onNode(node, iptables('-N', chain), iptables('-X', chain));
    await lab.onNode(
      node,
      iptables('-A', chain, '-j', 'REJECT', '--reject-with', 'icmp-port-unreachable'),
      iptables('-F', chain),
    );
    await lab.onNode(node, iptables('-I', ...jump), iptables('-D', ...jump));
  }
}
