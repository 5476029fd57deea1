import { few } from '../../few.ts';
import type { V1Node } from '@kubernetes/client-node';
import pMap from 'p-map';
import { sshCauses } from '../../diagnose/ssh-causes.ts';
import type { SshTarget } from '../../model/targets.ts';
import { tryConnectNode } from '../../nodes/connection.ts';
import { addressOf, type Check } from './check.ts';

/** Log-ins at a time: each is a handshake of some milliseconds of a processor, here and there. */
const AT_ONCE = 16;

function costs(without: string): string {
  const { settled, all } = sshCauses();
  return `without SSH ${without}${settled} of ${all} causes may stay candidates`;
}

/** Whether each node lets us in, and shows the host key that is known. Never throws for SSH. */
export async function checkSsh(
  nodes: readonly V1Node[],
  ssh: SshTarget | undefined,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Check[]> {
  if (!ssh)
    return [
      {
        name: 'SSH',
        state: 'lack',
        text: 'not configured',
        cost: costs(''),
        hint: 'NETWRIGHT_SSH_USER and NETWRIGHT_SSH_KEY; it only reads',
      },
    ];
  const tried = await pMap(
    nodes,
    async (node) => {
      const name = node.metadata?.name ?? '';
      const host = addressOf(node);
      if (host === undefined) return { name, why: `${name} has no InternalIP` };
      const told = await tryConnectNode({ ...ssh, host, name, readyTimeoutMs: timeoutMs, signal });
      if ('unavailable' in told) return { name, why: told.unavailable.message, hint: told.unavailable.hint };
      told.connection.close();
      return { name };
    },
    { concurrency: AT_ONCE },
  );
  const failed = tried.flatMap((each) => (each.why === undefined ? [] : [{ ...each, why: each.why }]));
  if (failed.length === 0)
    return [
      { name: 'SSH', state: 'ok', text: `${nodes.length} of ${nodes.length} nodes, each by the key it is known by` },
    ];
  return [...Map.groupBy(failed, ({ hint, why }) => hint ?? why).values()].map((same): Check => {
    const names = same.map(({ name }) => name);
    const to = names.length === nodes.length ? '' : `to ${few(names)} `;
    return {
      name: 'SSH',
      state: 'lack',
      text: `${names.length} of ${nodes.length} nodes let nobody in (${few(names)}): ${same[0]?.why ?? ''}`,
      cost: costs(to),
      ...(same[0]?.hint !== undefined && { hint: same[0].hint }),
    };
  });
}
