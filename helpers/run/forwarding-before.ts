import type { SshTarget } from '../model/targets.ts';
import type { NodeInfo } from '../model/topology.ts';
import { tryConnectNode } from '../nodes/connection.ts';
import { runOnNode } from '../nodes/exec.ts';

/** The roll-out waits at most this long, many times a login to a healthy node. */
const TIMEOUT_MS = 2_000;

const IPV4 = '/proc/sys/net/ipv4/ip_forward';
/** A kernel without IPv6 has none. */
const IPV6 = '/proc/sys/net/ipv6/conf/all/forwarding';

/** Of IPv6 where the node's pods have it. */
export interface ForwardsBefore {
  ipv4: boolean;
  ipv6?: boolean;
}

async function readOne(
  { name, internalIp, podCidrs }: NodeInfo,
  ssh: SshTarget,
  signal: AbortSignal,
): Promise<[node: string, forwards: ForwardsBefore][]> {
  const connected = await tryConnectNode({ host: internalIp, name, ...ssh, signal });
  if ('unavailable' in connected) return [];
  const { connection } = connected;
  try {
    const ended = await runOnNode(connection, `cat ${IPV4}; cat ${IPV6} 2>/dev/null`, {
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const [ipv4, ipv6] = ended.outcome === 'exited' ? ended.stdout.trim().split(/\s+/) : [];
    const isDual = podCidrs.some((range) => range.includes(':'));
    return ipv4 ? [[name, { ipv4: ipv4 === '1', ...(ipv6 && isDual && { ipv6: ipv6 === '1' }) }]] : [];
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
): Promise<Map<string, ForwardsBefore>> {
  if (!ssh) return new Map();
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);
  const read = await Promise.all(
    nodes.filter(({ ready }) => ready).map((node) => readOne(node, ssh, signal).catch(() => [])),
  );
  return new Map(read.flat());
}
