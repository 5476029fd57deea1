import type { ProbePod, RunContext } from '../model/run-context.ts';
import type { Fleet } from './fleet.ts';
import { pause } from './pause.ts';
import type { ProbeSpec } from '../probe/protocol.ts';
import type { Recorder } from './recorder.ts';

const ECHO_BYTES = 64;
const ATTEMPTS = 20;
const INTERVAL_MS = 100;
const ATTEMPT_TIMEOUT_MS = 1_000;
const TIMEOUT_MS = 10_000;
/**
 * A connection that lost packets stalls for longer and longer (RFC 6298 doubles its timer): a fresh one is sooner
 * through.
 */
const ROUNDS = 2;

/** How a probe pod's container ended, where it did: one that runs for a moment only looks rolled out. Never rejects. */
export type WhyEnded = (pod: ProbePod) => Promise<string | undefined>;

/**
 * The run with only those probe pods whose agent serves, each asked over loopback in its own pod, by TCP and by UDP.
 * What does not serve is recorded as a fact that could not be observed, with the reason: it becomes a hole of the
 * report.
 */
export async function onlyServing(
  context: RunContext,
  fleet: Fleet,
  recorder: Recorder,
  signal: AbortSignal,
  whyEnded: WhyEnded = async () => undefined,
): Promise<RunContext> {
  const asked = await Promise.all(
    context.pods.map(async (pod) => {
      const { podTcp, podUdp, hostTcp, hostUdp } = context.agent.ports;
      const [tcp, udp] = pod.network === 'pod' ? [podTcp, podUdp] : [hostTcp, hostUdp];
      const local = { host: '127.0.0.1', timeoutMs: ATTEMPT_TIMEOUT_MS };
      const probes: ProbeSpec[] = [
        { ...local, kind: 'tcp', id: 'tcp', port: tcp },
        { ...local, kind: 'udp-echo', id: 'udp', port: udp, payloadBytes: ECHO_BYTES },
      ];
      for (let attempt = 1, round = 1; ; attempt += 1) {
        const { results, lost } = await fleet.run(
          pod,
          { batch: 'serving', concurrency: probes.length, probes },
          { timeoutMs: TIMEOUT_MS, signal },
        );
        const silent = probes.find(({ id }) => !results.has(id) || results.get(id)?.error);
        if (!silent) return { pod };
        const isLost = results.size < probes.length;
        if (isLost && round < ROUNDS && !signal.aborted) round += 1;
        else if (isLost || attempt >= ATTEMPTS || signal.aborted)
          return {
            pod,
            reason:
              (await whyEnded(pod)) ??
              lost ??
              `nothing serves on port ${silent.id === 'tcp' ? tcp : udp}: ` +
                (results.get(silent.id)?.error?.text ?? 'no answer'),
          };
        await pause(INTERVAL_MS, signal);
      }
    }),
  );
  for (const { pod, reason } of asked) {
    if (reason)
      recorder.fact({
        source: 'probe',
        node: pod.node,
        key: 'probe-serving',
        value: null,
        notObserved: `the ${pod.network} network's probe: ${reason}`,
      });
  }
  return { ...context, pods: asked.filter(({ reason }) => reason === undefined).map(({ pod }) => pod) };
}
