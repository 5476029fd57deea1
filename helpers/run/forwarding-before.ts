import type { SshTarget } from '../model/targets.ts';
import type { NodeInfo } from '../model/topology.ts';
import { tryConnectNode } from '../nodes/connection.ts';
import { runOnNode } from '../nodes/exec.ts';

/** The roll-out waits at most this long, many times a login to a healthy node. */
const TIMEOUT_MS = 2_000;

async function readOne(
  { name, internalIp }: NodeInfo,
  ssh: SshTarget,
  signal: AbortSignal,
): Promise<[node: string, forwards: boolean][]> {
  const connected = await tryConnectNode({ host: internalIp, ...ssh, signal });
  if ('unavailable' in connected) return [];
  const { connection } = connected;
  try {
    const ended = await runOnNode(connection, 'cat /proc/sys/net/ipv4/ip_forward', { timeoutMs: TIMEOUT_MS, signal });
    return ended.outcome === 'exited' && ended.code === 0 ? [[name, ended.stdout.trim() === '1']] : [];
  } finally {
    connection.close();
  }
}

/**
 * Whether each node forwards packets before the run makes pods: the bridge plugin enables forwarding with every pod
 * that it sets up, so the probes would repair a node and hide its fault. Read over SSH from all nodes at once; a node
 * that does not answer soon is left out. Never throws.
 */
export async function forwardingBefore(
  nodes: NodeInfo[],
  ssh: SshTarget | undefined,
  interrupted: AbortSignal,
): Promise<Map<string, boolean>> {
  if (!ssh) return new Map();
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);
  const read = await Promise.all(
    nodes.filter(({ ready }) => ready).map((node) => readOne(node, ssh, signal).catch(() => [])),
  );
  return new Map(read.flat());
}
