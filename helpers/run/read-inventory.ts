import { readInventory } from '../cluster/inventory.ts';
import type { PreparedRun } from './prepare.ts';
import { readByShell } from './targeted-rounds.ts';

/** So many nodes are read at once: each says up to a few MiB. */
const NODES_AT_ONCE = 8;

/**
 * What a snapshot and an acceptance read beside a run: pods, workloads and pools of the API, and every node by SSH.
 * Records all of it. Never throws for what cannot be read.
 */
export async function recordInventory(run: PreparedRun, signal: AbortSignal): Promise<void> {
  const { client, recorder, context } = run;
  const { pods, workloads, pools } = await readInventory(client);
  recorder.fact({ source: 'kubernetes', key: 'pods', ...pods });
  recorder.fact({ source: 'kubernetes', key: 'workloads', ...workloads });
  recorder.fact({ source: 'kubernetes', key: 'ip-pools', ...pools });
  const names = context.topology.nodes.map(({ name }) => name);
  for (let at = 0; at < names.length && !signal.aborted; at += NODES_AT_ONCE)
    await Promise.all(names.slice(at, at + NODES_AT_ONCE).map((node) => readByShell(run, node, undefined, signal)));
}
