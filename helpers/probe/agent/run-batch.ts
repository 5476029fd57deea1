import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import type { AgentLine, Batch, FactsSpec, ProbeSpec } from '../protocol.ts';
import { repeat, roundMs, type Outcome } from './attempts.ts';
import { burst } from './burst.ts';
import { dns } from './dns.ts';
import { readFacts } from './facts/read.ts';
import { textOf } from './failure.ts';
import { httpGet } from './http.ts';
import { payload } from './payload.ts';
import { resolve } from './resolve.ts';
import { watchStrain } from './strain.ts';
import { tcp } from './tcp.ts';
import { udpEcho } from './udp-echo.ts';

type Run<Spec> = (spec: Spec, session: AbortSignal) => Promise<Outcome>;

const kinds: { [Kind in ProbeSpec['kind']]: Run<Extract<ProbeSpec, { kind: Kind }>> } = {
  tcp: (spec, session) => repeat(spec, tcp, session),
  http: (spec, session) => repeat(spec, httpGet, session),
  payload: (spec, session) => repeat(spec, payload, session),
  dns: (spec, session) => repeat(spec, dns, session),
  resolve: (spec, session) => repeat(spec, resolve, session),
  'udp-echo': udpEcho,
  burst,
};

function run<Kind extends ProbeSpec['kind']>(
  kind: Kind,
  spec: Extract<ProbeSpec, { kind: Kind }>,
  session: AbortSignal,
): Promise<Outcome> {
  return kinds[kind](spec, session);
}

/** An error of the agent itself tells nothing of the network. */
function ownError(error: unknown): Outcome {
  return {
    attempts: 0,
    succeeded: 0,
    timesMs: [],
    error: { kind: 'not-observed', text: `the agent failed: ${textOf(error)}` },
    got: {},
  };
}

const startOf = (spec: ProbeSpec | FactsSpec): number => (spec.kind === 'facts' ? 0 : (spec.startAfterMs ?? 0));

/** Runs a batch and writes a line a probe, as each ends, then the batch's `done`. Never throws. */
export async function runBatch(
  { batch, concurrency, probes }: Batch,
  write: (line: AgentLine) => void,
  session: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const strainSeen = watchStrain();
  await pMap(
    // A probe with a delayed start holds one of the places, so it comes last.
    probes.toSorted((a, b) => startOf(a) - startOf(b)),
    async (spec) => {
      const waitMs = startOf(spec) - (performance.now() - startedAt);
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: session }).catch(() => {});
      const probeStartedAt = performance.now();
      const outcome = await (spec.kind === 'facts' ? readFacts(spec) : run(spec.kind, spec, session)).catch(ownError);
      // A probe that the session's end cut short was not observed: no line is better than a wrong one.
      if (session.aborted) return;
      write({ batch, id: spec.id, ...outcome, durationMs: roundMs(performance.now() - probeStartedAt) });
    },
    { concurrency },
  );
  const durationMs = roundMs(performance.now() - startedAt);
  const strain = await strainSeen();
  if (!session.aborted) write({ batch, done: true, durationMs, strain });
}
