import { eventually } from '../../kubectl.ts';
import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { FaultContext } from './context.ts';
import { pods } from './places.ts';

const iptables = (...args: string[]): string[] => ['iptables', '-w', ...args];

/** Far above what the controller takes: a second or two. */
const ENFORCED_TIMEOUT_MS = 60_000;

/**
 * A policy that lets nobody in to an application's pods, enforced: by the lab's policy controller, or by rules like its
 * own. With `left` the policy goes again, and the rules stay since nobody keeps them any more.
 */
export async function denyApp(lab: FaultContext, app: string, { left = false } = {}): Promise<void> {
  const isEnforced = lab.status.settings.policy !== 'none';
  const name = `deny-${app}`;
  if (isEnforced || !left)
    await lab.create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: NAMESPACE },
      spec: { podSelector: { matchLabels: { app } }, policyTypes: ['Ingress'], ingress: [] },
    });
  if (!isEnforced) {
    await denyPods(lab, app);
    return;
  }
  const nodes = new Set(
    (await pods(lab, ['-n', NAMESPACE, '-l', `app=${app}`])).map(({ spec }) => spec.nodeName ?? ''),
  );
  for (const node of nodes)
    await eventually(
      () => lab.onNode(node, ['bash', '-c', `iptables-save -t filter | grep -q 'KUBE-POD-FW.*${name}'`]),
      ENFORCED_TIMEOUT_MS,
    );
  if (!left) return;
  for (const { name: node } of lab.status.nodes) await lab.hold(node, 'kube-router');
  await lab.kubectl(['-n', NAMESPACE, 'delete', 'networkpolicy', name]);
}

/**
 * The rules that K3s' policy controller writes for pods that nobody may reach, on the pods' own nodes, in a lab that
 * runs none. Rejected as it does, and as it does without concern for the kubelet, which is not forwarded.
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
