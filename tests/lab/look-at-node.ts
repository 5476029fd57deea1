import { captureOnNode, type CaptureResult } from '../../helpers/nodes/capture.ts';
import { connectNode, type ConnectOptions, type NodeConnection } from '../../helpers/nodes/connection.ts';
import { runOnNode } from '../../helpers/nodes/exec.ts';
import { collectNodeFacts } from '../../helpers/nodes/facts.ts';
import { fetchFromNode } from '../../helpers/nodes/fetch.ts';

/**
 * What the test asks of this program, which runs in the lab's runner namespace: only from there are the nodes in reach.
 */
export interface Look {
  ssh: Pick<ConnectOptions, 'user' | 'port' | 'privateKeyPath' | 'knownHostsPath'>;
  node: string;
  address: string;
  jump?: string;
  sets?: string[];
  fetch?: string;
  /**
   * Sends pings over the overlay from this node to `node`, while `node`'s uplink is watched for their VXLAN packets.
   */
  watchFrom?: string;
}

async function connectTo({ ssh, jump }: Look, host: string): Promise<NodeConnection> {
  return connectNode({
    ...ssh,
    host,
    ...(jump !== undefined && { jump: { host: jump, port: ssh.port, user: ssh.user } }),
  });
}

/** The node's own address on the overlay. */
async function tunnelAddress(connection: NodeConnection): Promise<string> {
  const run = await runOnNode(connection, "ip -4 -o addr show dev flannel.1 | sed 's/.*inet \\([^/ ]*\\).*/\\1/'", {
    timeoutMs: 5_000,
  });
  return run.outcome === 'exited' ? run.stdout.trim() : '';
}

async function watch(look: Look, connection: NodeConnection, from: string): Promise<CaptureResult> {
  const sender = await connectTo(look, from);
  try {
    const address = await tunnelAddress(connection);
    const capture = captureOnNode(connection, {
      device: 'eth0',
      filter: `udp dst port 8472 and src host ${from} and greater 130`,
      count: 5,
      durationMs: 6_000,
    });
    await capture.ready;
    await runOnNode(sender, `ping -q -c 5 -i 0.2 -W 1 ${address}`, { timeoutMs: 10_000 });
    return await capture.result;
  } finally {
    sender.close();
  }
}

const look: Look = JSON.parse(process.argv[2] ?? '{}');
const connection = await connectTo(look, look.address);
try {
  // In this order: the counters of the facts are to have seen the packets.
  const watched = look.watchFrom === undefined ? undefined : await watch(look, connection, look.watchFrom);
  const fetched =
    look.fetch === undefined ? undefined : await fetchFromNode(connection, look.fetch, { timeoutMs: 2_000 });
  const facts = look.sets ? await collectNodeFacts(connection, look.node, { sets: look.sets }) : undefined;
  process.stdout.write(JSON.stringify({ watched, fetched, facts }));
} finally {
  connection.close();
}
