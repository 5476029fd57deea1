import { eventually } from '../../kubectl.ts';
import { NAMESPACE } from '../../workloads/keybuzz.ts';
import type { FaultContext } from './context.ts';
import { pods } from './places.ts';

const iptables = (...args: string[]): string[] => ['iptables', '-w', ...args];

/** Far above what the controller takes: a second or two. */
const ENFORCED_TIMEOUT_MS = 60_000;

/** Waits until nobody on another node gets in to any of them. */
async function untilDenied(lab: FaultContext, denied: Awaited<ReturnType<typeof pods>>): Promise<void> {
  for (const { spec, status } of denied) {
    const [peer] = lab.peersOf(spec.nodeName ?? '');
    const port = spec.containers?.[0]?.ports?.[0]?.containerPort;
    if (!peer || port === undefined) continue;
    const isIn = `timeout 1 bash -c '</dev/tcp/${status.podIP}/${port}'`;
    await eventually(() => lab.onNode(peer.name, ['bash', '-c', `! ${isIn} 2>/dev/null`]), ENFORCED_TIMEOUT_MS);
  }
}

/**
 * A policy that lets nobody in to an application's pods, enforced: by Calico's felix, by the lab's policy controller,
 * or by rules like its own. With `left` the policy goes again, and the rules stay since nobody keeps them any more.
 */
export async function denyApp(lab: FaultContext, app: string, { left = false } = {}): Promise<void> {
  const { policy, network } = lab.status.settings;
  const hasController = policy !== 'none';
  const name = `deny-${app}`;
  const denied = await pods(lab, ['-n', NAMESPACE, '-l', `app=${app}`]);
  if (hasController || !left)
    await lab.create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: NAMESPACE },
      spec: { podSelector: { matchLabels: { app } }, policyTypes: ['Ingress'], ingress: [] },
    });
  if (!hasController) {
    await (network === 'flannel' || left ? denyPods(lab, app) : untilDenied(lab, denied));
    return;
  }
  for (const node of new Set(denied.map(({ spec }) => spec.nodeName ?? '')))
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
