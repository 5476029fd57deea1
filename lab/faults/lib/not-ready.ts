import { eventually } from '../../kubectl.ts';
import type { FaultContext } from './context.ts';

/** What is true of such a node as well, and all that is seen where nobody may log in to it. */
export const NOT_READY = ['node-not-ready-endpoints'];

/** The controller's grace is 16 s in a lab; the kubelet's last report may be 4 s old. */
const NOT_READY_TIMEOUT_MS = 60_000;

/** Resolves when a node counts as not Ready: since its kubelet is not heard, or since the kubelet says so. */
export async function untilNotReady(
  lab: FaultContext,
  node: string,
  status: 'Unknown' | 'False' = 'Unknown',
  timeoutMs = NOT_READY_TIMEOUT_MS,
): Promise<void> {
  await eventually(async () => {
    await lab.kubectl(['wait', `--for=condition=Ready=${status}`, 'node', node, '--timeout=20s']);
  }, timeoutMs);
}

/** Ends a node's kubelet, which is started again at once with what its files say now. */
export const RESTART_KUBELET = ['sh', '-c', 'kill "$(cat /run/netwright/kubelet.pid)"'];

/** The file by which a node's kubelet finds the API server and logs in to it. */
export const kubeconfigOf = async (lab: FaultContext, node: string): Promise<string> =>
  (
    await lab.onNode(node, [
      'sh',
      '-c',
      `tr '\\0' '\\n' </proc/$(cat /run/netwright/kubelet.pid)/cmdline | grep -A1 -x -e --kubeconfig | tail -n 1`,
    ])
  ).trim();
