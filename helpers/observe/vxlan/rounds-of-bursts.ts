import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeObservation, Verdict } from '../../model/observation.ts';
import { podOf, type RunContext } from '../context.ts';
import type { ExecuteOptions } from '../execute.ts';
import { readCounters } from '../facts.ts';
import { BURST_PAYLOAD_BYTES } from './controls.ts';
import { judgeVxlan, verdictOf, type VxlanJudgement } from './judge.ts';
import { readingsOf, type Counters, type Noise } from './readings.ts';
import { roundsOf } from './rounds.ts';

/** What datagrams may take from one node's socket to another's counter on a machine that is busy. */
const SETTLE_MS = 40;

export interface VxlanOverlay {
  vni: number;
  port: number;
  device: string;
}

/** What bursts are sent among, and what is known of it beforehand. */
export interface BurstField {
  context: RunContext;
  overlay: VxlanOverlay;
  options: ExecuteOptions;
  /** Nodes that have a probe in the host network. */
  nodes: string[];
  uplink: ReadonlyMap<string, string>;
  noise: ReadonlyMap<string, Noise>;
  control: (role: string, from: string, to: string) => Verdict;
}

/** `vxlan` as a tunnel device sends it; `random` are bytes on the same port that are no VXLAN header. */
export type BurstShape = 'vxlan' | 'random';

interface Burst {
  sent: number;
  sendErrors: Record<string, number>;
  lost?: string;
}

async function sendBurst({ context, overlay, options }: BurstField, shape: BurstShape, from: string, to: string): Promise<Burst> {
  const target = podOf(context, to, 'host');
  if (!target) return { sent: 0, sendErrors: {}, lost: `no probe on ${to}` };
  const { timeoutMs, burst } = context.settings;
  const spec = { kind: 'burst' as const, id: 'burst', host: target.ip, port: overlay.port, vni: overlay.vni, count: burst, payloadBytes: BURST_PAYLOAD_BYTES, shape, timeoutMs };
  const { results, lost } = await options.fleet.run({ network: 'host', node: from }, { batch: `${shape}-${to}`, concurrency: 1, probes: [spec] }, { timeoutMs: timeoutMs + 10_000, signal: options.signal });
  const got = results.get('burst')?.got;
  if (!got) return { sent: 0, sendErrors: {}, lost: lost ?? 'no answer' };
  return { sent: Number(got['sent'] ?? 0), sendErrors: (got['sendErrors'] ?? {}) as Record<string, number> };
}

type Readings = ReadonlyMap<string, Counters>;

function record({ context, overlay, options, uplink, noise, control }: BurstField, shape: BurstShape, [from, to]: [string, string], { sent, sendErrors, lost }: Burst, before: Readings, after: Readings, startedAt: number): ProbeObservation {
  const readings = readingsOf({
    sent,
    sendErrors,
    sender: { before: before.get(from), after: after.get(from), uplink: uplink.get(from) as string },
    receiver: { before: before.get(to), after: after.get(to), uplink: uplink.get(to) as string, tunnel: overlay.device, noise: noise.get(to) as Noise },
    controlUdp: control('control-udp', from, to),
    controlTcp: control('control-tcp', from, to),
  });
  const unheard: VxlanJudgement = { outcome: 'inconclusive', reason: `the probe on ${from} could not be heard: ${lost}` };
  const { outcome, arrivedShare, reason } = lost ? unheard : judgeVxlan(readings);
  const source = podOf(context, from, 'host');
  return options.recorder.probe({
    suite: 'vxlan',
    kind: 'vxlan',
    role: shape === 'vxlan' ? 'burst' : 'plain-burst',
    pathClass: 'host-host',
    source: { network: 'host', node: from, pod: source?.pod, ip: source?.ip },
    destination: { network: 'host', node: to, ip: podOf(context, to, 'host')?.ip, port: overlay.port },
    asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES, count: context.settings.burst, shape, vni: overlay.vni },
    // No tunnel device takes what is no VXLAN: what a plain burst says lies in its readings, and is neither pass nor fail.
    ...(shape === 'vxlan'
      ? { verdict: verdictOf(outcome), reason: `${outcome}: ${reason}`, errorKind: outcome === 'open' || outcome === 'inconclusive' ? undefined : 'no-reply' }
      : { verdict: 'inconclusive', reason: `${readings.receiverUplinkRx ?? 'an unknown number'} of ${sent} came to the receiver's uplink` }),
    attempts: sent,
    succeeded: Math.round((arrivedShare ?? 0) * sent),
    durationMs: Math.round(performance.now() - startedAt),
    got: { outcome, arrivedShare, reason, readings },
  });
}

/** Sends one burst for each pair, in rounds in which what a receiver's counters rise by belongs to one sender. */
export async function burstRounds(field: BurstField, shape: BurstShape, pairs: [string, string][], first: Readings): Promise<ProbeObservation[]> {
  const { context, options, nodes } = field;
  const observations: ProbeObservation[] = [];
  let before = first;
  for (const round of roundsOf(pairs, nodes)) {
    const startedAt = performance.now();
    const bursts = await Promise.all(round.map(([from, to]) => sendBurst(field, shape, from, to)));
    await sleep(SETTLE_MS);
    const after = await readCounters(context, options.fleet, nodes, options.signal);
    observations.push(...round.map((pair, index) => record(field, shape, pair, bursts[index] as Burst, before, after, startedAt)));
    before = after;
  }
  return observations;
}
