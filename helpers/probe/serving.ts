import { readIdentity } from './agent/identity.ts';
import type { ProbeSession } from './client.ts';

/** How often, and how long between, until an agent that has just started has its ports. */
const ATTEMPTS = 10;
const INTERVAL_MS = 100;
const ATTEMPT_TIMEOUT_MS = 1000;
const EXEC_ALLOWANCE_MS = 10_000;

export type Serving = { serving: true } | { serving: false; reason: string };

/**
 * Whether the agent beside a session serves, asked over loopback in its own pod: no network of the cluster is needed
 * for it. In place of a readiness probe, which would come over the network that is under test. Where another program
 * holds the port (another run's agent on the same host network too) that is the reason.
 */
export async function askServing(
  session: Pick<ProbeSession, 'runBatch'>,
  { pod, tcpPort }: { pod: string; tcpPort: number },
  signal?: AbortSignal,
): Promise<Serving> {
  const probe = {
    id: 'serving',
    kind: 'http' as const,
    host: '127.0.0.1',
    port: tcpPort,
    path: '/identity',
    timeoutMs: ATTEMPT_TIMEOUT_MS,
  };
  for (let attempt = 1; ; attempt += 1) {
    const { results, lost } = await session.runBatch(
      { batch: 'serving', concurrency: 1, probes: [probe] },
      { timeoutMs: EXEC_ALLOWANCE_MS, signal },
    );
    const result = results.get('serving');
    if (!result) return { serving: false, reason: lost ?? 'the agent did not answer' };
    const identity = readIdentity(String(result.got['body']));
    if (identity?.pod === pod) return { serving: true };
    const stranger = identity ? `the probe ${identity.pod}` : 'something that is no probe';
    if (!result.error) return { serving: false, reason: `${stranger} answers on port ${tcpPort}` };
    if (attempt >= ATTEMPTS || signal?.aborted) return { serving: false, reason: result.error.text };
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
