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
  /** The address of a node that pings `node` over the overlay before the facts are read. */
  pingFrom?: string;
}

async function connectTo({ ssh, jump }: Look, host: string): Promise<NodeConnection> {
  return connectNode({
    ...ssh,
    host,
    ...(jump !== undefined && { jumps: [{ host: jump, port: ssh.port, user: ssh.user }] }),
  });
}

/** The node's own address on the overlay. */
async function tunnelAddress(connection: NodeConnection): Promise<string> {
  const run = await runOnNode(connection, "ip -4 -o addr show dev flannel.1 | sed 's/.*inet \\([^/ ]*\\).*/\\1/'", {
    timeoutMs: 5_000,
  });
  return run.outcome === 'exited' ? run.stdout.trim() : '';
}

async function ping(look: Look, connection: NodeConnection, from: string): Promise<void> {
  const sender = await connectTo(look, from);
  try {
    await runOnNode(sender, `ping -q -c 5 -i 0.2 -W 1 ${await tunnelAddress(connection)}`, { timeoutMs: 10_000 });
  } finally {
    sender.close();
  }
}

const look: Look = JSON.parse(process.argv[2] ?? '{}');
const connection = await connectTo(look, look.address);
try {
  // In this order: the counters of the facts must have seen the packets.
  if (look.pingFrom !== undefined) await ping(look, connection, look.pingFrom);
  const fetched =
    look.fetch === undefined ? undefined : await fetchFromNode(connection, look.fetch, { timeoutMs: 2_000 });
  const facts = look.sets ? await collectNodeFacts(connection, look.node, { sets: look.sets }) : undefined;
  process.stdout.write(JSON.stringify({ fetched, facts }));
} finally {
  connection.close();
}
