import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeObservation, Verdict } from '../../model/observation.ts';
import { podOf, type RunContext } from '../context.ts';
import { execute, type ExecuteOptions } from '../execute.ts';
import { readCounters } from '../facts.ts';
import { nodePairs } from '../plans/pairs.ts';
import { planControls, BURST_PAYLOAD_BYTES } from './controls.ts';
import { judgeVxlan, verdictOf } from './judge.ts';
import { noiseBetween, readingsOf, type Counters, type Noise } from './readings.ts';
import { roundsOf } from './rounds.ts';

/** How long a quiet reading lasts from which the traffic of others is told. */
const NOISE_WINDOW_MS = 200;
/** What datagrams may take from one node's socket to another's counter on a machine that is busy. */
const SETTLE_MS = 40;

export interface VxlanOverlay {
  vni: number;
  port: number;
  device: string;
}

interface Burst {
  sent: number;
  sendErrors: Record<string, number>;
  lost?: string;
}

async function sendBurst(context: RunContext, { fleet, signal }: ExecuteOptions, overlay: VxlanOverlay, from: string, to: string): Promise<Burst> {
  const target = podOf(context, to, 'host');
  if (!target) return { sent: 0, sendErrors: {}, lost: `no probe on ${to}` };
  const { timeoutMs, burst } = context.settings;
  const spec = { kind: 'burst' as const, id: 'burst', host: target.ip, port: overlay.port, vni: overlay.vni, count: burst, payloadBytes: BURST_PAYLOAD_BYTES, shape: 'vxlan' as const, timeoutMs };
  const { results, lost } = await fleet.run({ network: 'host', node: from }, { batch: `burst-${to}`, concurrency: 1, probes: [spec] }, { timeoutMs: timeoutMs + 10_000, signal });
  const got = results.get('burst')?.got;
  if (!got) return { sent: 0, sendErrors: {}, lost: lost ?? 'no answer' };
  return { sent: Number(got['sent'] ?? 0), sendErrors: (got['sendErrors'] ?? {}) as Record<string, number> };
}

/** The device that carries a node's own address: the uplink under the tunnel. */
function uplinkOf(counters: Counters | undefined, configured: string | undefined): string {
  if (configured && counters?.devices[configured]) return configured;
  const names = Object.keys(counters?.devices ?? {});
  return names.find((name) => /^(eth|en|bond|wlan)/.test(name)) ?? 'eth0';
}

/**
 * Judges every ordered pair of nodes: bursts of VXLAN-shaped datagrams, the receiver's counters before and after, and the same
 * over another port as control. Controls and tunnel echoes are observations of their own.
 */
export async function observeVxlan(context: RunContext, overlay: VxlanOverlay, options: ExecuteOptions, uplinks: ReadonlyMap<string, string>): Promise<ProbeObservation[]> {
  const nodes = context.topology.nodes.map(({ name }) => name).filter((name) => podOf(context, name, 'host'));
  const pairs = nodePairs(nodes, context.settings.fullMeshNodes);
  const controls = await execute(planControls(context, pairs), options);
  const control = (role: string, from: string, to: string): Verdict =>
    controls.find((probe) => probe.role === role && probe.source.node === from && probe.destination.node === to)?.verdict ?? 'inconclusive';

  const quiet = await readCounters(context, options.fleet, nodes, options.signal);
  await sleep(NOISE_WINDOW_MS);
  let before = await readCounters(context, options.fleet, nodes, options.signal);
  const uplink = new Map(nodes.map((node) => [node, uplinkOf(before.get(node), uplinks.get(node))]));
  const noise = new Map<string, Noise>(nodes.map((node) => [node, noiseBetween(quiet.get(node), before.get(node), overlay.device, uplink.get(node) as string)]));

  const observations: ProbeObservation[] = [];
  for (const round of roundsOf(pairs, nodes)) {
    const startedAt = performance.now();
    const bursts = await Promise.all(round.map(([from, to]) => sendBurst(context, options, overlay, from, to)));
    await sleep(SETTLE_MS);
    const after = await readCounters(context, options.fleet, nodes, options.signal);
    for (const [index, [from, to]] of round.entries()) {
      const { sent, sendErrors, lost } = bursts[index] as Burst;
      const readings = readingsOf({
        sent,
        sendErrors,
        sender: { before: before.get(from), after: after.get(from), uplink: uplink.get(from) as string },
        receiver: { before: before.get(to), after: after.get(to), uplink: uplink.get(to) as string, tunnel: overlay.device, noise: noise.get(to) as Noise },
        controlUdp: control('control-udp', from, to),
        controlTcp: control('control-tcp', from, to),
      });
      const { outcome, arrivedShare, reason } = lost ? { outcome: 'inconclusive' as const, arrivedShare: undefined, reason: `the probe on ${from} could not be heard: ${lost}` } : judgeVxlan(readings);
      const source = podOf(context, from, 'host');
      const target = podOf(context, to, 'host');
      observations.push(
        options.recorder.probe({
          suite: 'vxlan',
          kind: 'vxlan',
          role: 'burst',
          pathClass: 'host-host',
          source: { network: 'host', node: from, pod: source?.pod, ip: source?.ip },
          destination: { network: 'host', node: to, ip: target?.ip, port: overlay.port },
          asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES, count: context.settings.burst, vni: overlay.vni },
          verdict: verdictOf(outcome),
          reason: `${outcome}: ${reason}`,
          errorKind: outcome === 'open' || outcome === 'inconclusive' ? undefined : 'no-reply',
          attempts: sent,
          succeeded: Math.round((arrivedShare ?? 0) * sent),
          durationMs: Math.round(performance.now() - startedAt),
          got: { outcome, arrivedShare, reason, readings },
        }),
      );
    }
    before = after;
  }
  return [...controls, ...observations];
}
