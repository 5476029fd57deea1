import pMap from 'p-map';
import type { AgentLine, Batch, FactsSpec, ProbeSpec } from '../protocol.ts';
import { repeat, roundMs, type Outcome } from './attempts.ts';
import { burst } from './burst.ts';
import { dns } from './dns.ts';
import { readFacts } from './facts/read.ts';
import { toFailure } from './failure.ts';
import { httpGet } from './http.ts';
import { payload } from './payload.ts';
import { resolve } from './resolve.ts';
import { tcp } from './tcp.ts';
import { udpEcho } from './udp-echo.ts';

async function run(spec: ProbeSpec | FactsSpec, session: AbortSignal): Promise<Outcome> {
  switch (spec.kind) {
    case 'tcp':
      return repeat(spec, tcp, session);
    case 'http':
      return repeat(spec, httpGet, session);
    case 'payload':
      return repeat(spec, payload, session);
    case 'dns':
      return repeat(spec, dns, session);
    case 'resolve':
      return repeat(spec, resolve, session);
    case 'udp-echo':
      return udpEcho(spec, session);
    case 'burst':
      return burst(spec, session);
    case 'facts':
      return readFacts(spec);
  }
}

/** An error of the agent itself tells nothing of the network. */
function ownError(error: unknown): Outcome {
  return { attempts: 0, succeeded: 0, timesMs: [], error: { kind: 'not-observed', text: `the agent failed: ${toFailure(error).message}` }, got: {} };
}

/** Runs a batch and writes a line a probe, as each ends, then the batch's `done`. Never throws. */
export async function runBatch({ batch, concurrency, probes }: Batch, write: (line: AgentLine) => void, session: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  await pMap(
    probes,
    async (spec) => {
      const probeStartedAt = performance.now();
      const outcome = await run(spec, session).catch(ownError);
      // What the session's end cut short was not observed: no line is better than a wrong one.
      if (session.aborted) return;
      write({ batch, id: spec.id, ...outcome, durationMs: roundMs(performance.now() - probeStartedAt) });
    },
    { concurrency },
  );
  if (!session.aborted) write({ batch, done: true, durationMs: roundMs(performance.now() - startedAt) });
}
