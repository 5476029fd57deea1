import { diagnose } from '../diagnose/index.ts';
import type { FactObservation, Observation } from '../model/observation.ts';
import { tryConnectNode } from '../nodes/connection.ts';
import { collectNodeFacts } from '../nodes/facts.ts';
import type { PreparedRun } from './prepare.ts';

/** A round that brings nothing new ends the search; two are enough for every cause in the catalogue. */
const MAX_ROUNDS = 2;

async function readByShell({ context, recorder }: PreparedRun, node: string, signal: AbortSignal): Promise<FactObservation[]> {
  const { ssh } = context.targets;
  const address = context.topology.nodes.find(({ name }) => name === node)?.internalIp;
  const unavailable = (why: string) => [recorder.fact({ source: 'ssh', node, key: 'ssh', value: null, notObserved: why })];
  if (!ssh || !address) return unavailable('SSH to the nodes is not configured');
  const connected = await tryConnectNode({ host: address, ...ssh, signal });
  if ('unavailable' in connected) return unavailable(connected.unavailable.message);
  try {
    const facts = await collectNodeFacts(connected.connection, node);
    return facts.map(({ source, key, value, notObserved }) => recorder.fact({ source, node, key, value, notObserved }));
  } finally {
    connected.connection.close();
  }
}

/**
 * Reads on the nodes, over SSH and only there where the diagnosis asks for it, what would settle its candidates. Resolves to all
 * observations. Without SSH, or when a node does not let us in, they stay candidates.
 */
export async function targetedRounds(observations: Observation[], run: PreparedRun, signal: AbortSignal): Promise<Observation[]> {
  let all = observations;
  const asked = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const nodes = [...new Set(diagnose(all).requests.flatMap((request) => (request.kind === 'ssh-facts' ? [request.node] : [])))].filter((node) => !asked.has(node));
    if (nodes.length === 0 || !run.context.targets.ssh || signal.aborted) break;
    for (const node of nodes) asked.add(node);
    const facts = await Promise.all(nodes.map((node) => readByShell(run, node, signal)));
    all = [...all, ...facts.flat()];
  }
  return all;
}
