import type { FactValue } from '../model/facts.ts';
import type { NodeConnection } from './connection.ts';
import { runOnNode } from './exec.ts';

/** With SSH's own framing well under a packet, and well over two. */
const SMALL_BYTES = 400;
const LARGE_BYTES = 6_000;
/** Many times what a node under load needs; a packet that is lost is sent again five times in it. */
const TIMEOUT_MS = 4_000;

async function comes(connection: NodeConnection, bytes: number, signal?: AbortSignal): Promise<boolean> {
  const command = `head -c ${bytes} /dev/zero | tr '\\0' x`;
  const ran = await runOnNode(connection, command, { timeoutMs: TIMEOUT_MS, signal });
  return ran.outcome === 'exited' && ran.stdout.length === bytes;
}

/**
 * Whether answers of one packet and of several come back from a node. The connection is of no use any more where a
 * large one does not: SSH waits for it. Never throws.
 */
export async function trySizes(connection: NodeConnection, signal?: AbortSignal): Promise<FactValue<'ssh/size-tried'>> {
  const smallCame = await comes(connection, SMALL_BYTES, signal);
  const largeCame = smallCame && (await comes(connection, LARGE_BYTES, signal));
  return { smallBytes: SMALL_BYTES, largeBytes: LARGE_BYTES, smallCame, largeCame };
}
