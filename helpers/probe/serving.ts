import { readIdentity } from './agent/identity.ts';
import type { ProbeSession } from './client.ts';

/** How often, and how long between, until an agent that has just started has its ports. */
const ATTEMPTS = 10;
const INTERVAL_MS = 100;
const ATTEMPT_TIMEOUT_MS = 1000;
const EXEC_ALLOWANCE_MS = 10_000;

export type Serving = { serving: true; node: string; pod: string } | { serving: false; reason: string };

/**
 * Whether the agent beside a session serves, asked over loopback in its own pod: no network of the cluster is needed for it.
 * In place of a readiness probe, which would come over the network that is under test.
 */
export async function askServing(session: Pick<ProbeSession, 'runBatch'>, tcpPort: number, signal?: AbortSignal): Promise<Serving> {
  const spec = { kind: 'http' as const, host: '127.0.0.1', port: tcpPort, path: '/identity', timeoutMs: ATTEMPT_TIMEOUT_MS };
  for (let attempt = 1; ; attempt += 1) {
    const probe = { ...spec, id: 'serving' };
    const { results, lost } = await session.runBatch({ batch: 'serving', concurrency: 1, probes: [probe] }, { timeoutMs: EXEC_ALLOWANCE_MS, signal });
    const result = results.get('serving');
    if (!result) return { serving: false, reason: lost ?? 'the agent did not answer' };
    const identity = readIdentity(String(result.got['body']));
    if (identity) return { serving: true, node: identity.node, pod: identity.pod };
    if (attempt >= ATTEMPTS || signal?.aborted) return { serving: false, reason: result.error?.text ?? `something that is no probe answers on port ${tcpPort}` };
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
