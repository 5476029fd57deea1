import { setTimeout as sleep } from 'node:timers/promises';
import { whyOf } from '../cluster/api-error.ts';
import { applyObject } from '../cluster/objects.ts';
import type { PolicyAnswer, PolicyWay } from '../model/facts/acceptance.ts';
import { podOf, type RunContext } from '../model/run-context.ts';
import { pairsOf, type NodePair } from '../observe/plans/pairs.ts';
import type { ProbeResult, ProbeSpec } from '../probe/protocol.ts';
import { allowPolicy, denyPolicy } from '../probe/policies.ts';
import { openAgents } from './agents.ts';
import type { PreparedRun } from './prepare.ts';

const TIMEOUT_MS = 1_000;
const BATCH_MS = 8_000;
/** Whoever enforces policies takes seconds to: felix one, kube-router some. */
const TAKEN_IN_MS = 20_000;
const PAUSE_MS = 500;
const BYTES = 64;

type Answers = PolicyWay['without'];
type ByWay = Map<string, Answers>;

const keyOf = ([from, to]: NodePair): string => `${from} ${to}`;

function answerOf(result: ProbeResult | undefined): PolicyAnswer {
  if (!result) return 'not observed';
  if (result.succeeded > 0) return 'answered';
  switch (result.error?.kind) {
    case 'timeout':
    case 'no-reply':
      return 'silent';
    case 'refused':
    case 'reset':
    case 'prohibited':
    case 'no-route':
      return 'refused';
    default:
      return 'not observed';
  }
}

/** What one pod is asked by another: the two protocols that its agent answers by. */
function specsOf(context: RunContext, [from, to]: NodePair): ProbeSpec[] {
  const host = podOf(context, to, 'pod')?.ip;
  if (host === undefined) return [];
  const { podTcp, podUdp } = context.agent.ports;
  const common = { host, payloadBytes: BYTES, timeoutMs: TIMEOUT_MS };
  return [
    { ...common, id: `${from} ${to} tcp`, kind: 'payload', port: podTcp },
    { ...common, id: `${from} ${to} udp`, kind: 'udp-echo', port: podUdp, attempts: 3, intervalMs: 50 },
  ];
}

/** Asks every way once, all at the same time. */
type AskAll = () => Promise<ByWay>;

function asker(
  context: RunContext,
  pairs: readonly NodePair[],
  signal: AbortSignal,
): AskAll & { close(): Promise<void> } {
  const { fleet } = openAgents(context, signal);
  const ask: AskAll = async () => {
    const bySource = [...Map.groupBy(pairs, ([from]) => from)];
    const results = await Promise.all(
      bySource.map(([node, own]) =>
        fleet.run(
          { network: 'pod', node },
          { batch: 'policies', concurrency: 64, probes: own.flatMap((pair) => specsOf(context, pair)) },
          { timeoutMs: BATCH_MS, signal },
        ),
      ),
    );
    const all = new Map(results.flatMap(({ results: own }) => [...own]));
    return new Map(
      pairs.map((pair) => {
        const key = keyOf(pair);
        return [key, { tcp: answerOf(all.get(`${key} tcp`)), udp: answerOf(all.get(`${key} udp`)) }];
      }),
    );
  };
  return Object.assign(ask, { close: () => fleet.close() });
}

/** Asks until all is as it should be, or there was time enough for whoever enforces policies. */
async function until(ask: AskAll, isSo: (answers: Answers) => boolean, signal: AbortSignal): Promise<ByWay> {
  const endsAt = performance.now() + TAKEN_IN_MS;
  for (;;) {
    const answers = await ask();
    if ([...answers.values()].every(isSo) || performance.now() > endsAt) return answers;
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

const isAnswered = (answer: PolicyAnswer): boolean => answer === 'answered';

async function tried({ context, client }: PreparedRun, signal: AbortSignal): Promise<PolicyWay[]> {
  const pairs = pairsOf(context).filter((pair) => pair.every((node) => podOf(context, node, 'pod')));
  if (pairs.length === 0) throw new Error('there are no two nodes with probe pods');
  const ask = asker(context, pairs, signal);
  try {
    const without = await ask();
    await applyObject(client, denyPolicy(context.runId), signal);
    const denied = await until(ask, ({ tcp, udp }) => !isAnswered(tcp) && !isAnswered(udp), signal);
    // Nobody keeps to policies here: to wait for one that allows would say nothing more.
    const isKept = [...denied.values()].some(({ tcp, udp }) => !isAnswered(tcp) || !isAnswered(udp));
    if (isKept) await applyObject(client, allowPolicy(context.runId, context.agent.ports.podTcp), signal);
    const allowed = isKept ? await until(ask, ({ tcp, udp }) => isAnswered(tcp) && !isAnswered(udp), signal) : denied;
    const none: Answers = { tcp: 'not observed', udp: 'not observed' };
    return pairs.map((pair) => {
      const [from, to] = pair;
      const of = (answers: ByWay) => answers.get(keyOf(pair)) ?? none;
      return { from, to, without: of(without), denied: of(denied), allowed: of(allowed) };
    });
  } finally {
    await ask.close();
  }
}

/**
 * Tries whether policies are kept to: one that denies all, and then allows a part, before the run's own pods
 * alone. Both go with the run's namespaces. Records it, or why it could not be tried. Never throws.
 */
export async function tryPolicies(run: PreparedRun, signal: AbortSignal): Promise<void> {
  const { context, recorder } = run;
  const isOwn = context.pods.every(({ namespace }) => namespace.includes(context.runId));
  const value = isOwn
    ? await tried(run, signal).then(
        (ways) => ({ ways }),
        (error: unknown) => ({ ways: [], why: whyOf(error) }),
      )
    : { ways: [], why: 'none is made in namespaces that were prepared (NETWRIGHT_PROBE_NAMESPACE)' };
  recorder.fact({ source: 'runner', key: 'policies-tried', value });
}
