import { setTimeout as sleep } from 'node:timers/promises';
import type { BurstReadings } from '../../../model/burst.ts';
import type { Crosses, ErrorKind, Place, ProbeName, ProbeOf, Verdict } from '../../../model/observation.ts';
import { podOf, type RunContext } from '../../../model/run-context.ts';
import type { ExecuteOptions } from '../../execute.ts';
import { readCounters } from '../../facts.ts';
import { overlayAddress } from '../addresses.ts';
import { BURST_PAYLOAD_BYTES } from './controls.ts';
import { isDoubtful, judgeVxlan, verdictOf, type VxlanJudgement } from './judge.ts';
import { directly } from '../../plans/crossing.ts';
import { readResult } from '../../results.ts';
import { readingsOf, type Counters, type Noise } from './readings.ts';
import { roundsOf } from './rounds.ts';

/** What datagrams may take from one node's socket to another's counter on a machine that is busy. */
const SETTLE_MS = 40;

/**
 * A burst that is sent again is so many times the first: traffic of others is then a small share of it. A device's
 * queue (1,000 packets, netdev_max_backlog) still takes it.
 */
const LARGER = 4;

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
  control: (role: ProbeName, from: string, to: string) => Verdict;
}

/**
 * What a burst is for: `burst` is VXLAN as a tunnel device sends it, to where peers send it; `plain-burst` are bytes on
 * the same port that are no VXLAN header; `internal-burst` is VXLAN to the node's own address, where flannel announces
 * another.
 */
export type BurstRole = 'burst' | 'plain-burst' | 'internal-burst';

interface Kind {
  role: BurstRole;
  /** Datagrams in a burst. */
  count: number;
}

interface Burst {
  sent: number;
  sendErrors: Partial<Record<ErrorKind, number>>;
  lost?: string;
}

const shapeOf = (role: BurstRole): 'vxlan' | 'random' => (role === 'plain-burst' ? 'random' : 'vxlan');

function addressFor(context: RunContext, role: BurstRole, to: string): string | undefined {
  const own = podOf(context, to, 'host')?.ip;
  return own && (role === 'internal-burst' ? own : (overlayAddress(context, to) ?? own));
}

async function sendBurst(
  { context, overlay, options }: BurstField,
  { role, count }: Kind,
  from: string,
  to: string,
): Promise<Burst> {
  const host = addressFor(context, role, to);
  if (!host) return { sent: 0, sendErrors: {}, lost: `no probe on ${to}` };
  const { timeoutMs } = context.settings;
  const spec = {
    kind: 'burst' as const,
    id: 'burst',
    host,
    port: overlay.port,
    vni: overlay.vni,
    count,
    payloadBytes: BURST_PAYLOAD_BYTES,
    shape: shapeOf(role),
    timeoutMs,
  };
  const { results, lost } = await options.fleet.run(
    { network: 'host', node: from },
    { batch: `${role}-${to}`, concurrency: 1, probes: [spec] },
    { timeoutMs: timeoutMs + 10_000, signal: options.signal },
  );
  const result = results.get('burst');
  if (!result) return { sent: 0, sendErrors: {}, lost: lost ?? 'no answer' };
  const { sent = 0, sendErrors = {} } = readResult('burst', result).got;
  return { sent, sendErrors };
}

type Readings = ReadonlyMap<string, Counters>;

/** A burst that was sent and judged, and is not recorded yet. */
interface Judged {
  pair: [from: string, to: string];
  readings: BurstReadings;
  judgement: VxlanJudgement;
  durationMs: number;
}

function judged(
  { overlay, uplink, noise, control }: BurstField,
  [from, to]: [string, string],
  { sent, sendErrors, lost }: Burst,
  before: Readings,
  after: Readings,
  durationMs: number,
): Judged {
  const readings = readingsOf({
    sent,
    sendErrors,
    sender: { before: before.get(from), after: after.get(from), uplink: uplink.get(from) as string },
    receiver: {
      before: before.get(to),
      after: after.get(to),
      uplink: uplink.get(to) as string,
      tunnel: overlay.device,
      noise: noise.get(to) as Noise,
    },
    controlUdp: control('control-udp', from, to),
    controlTcp: control('control-tcp', from, to),
  });
  const unheard: VxlanJudgement = {
    outcome: 'inconclusive',
    reason: `the probe on ${from} could not be heard: ${lost}`,
  };
  return { pair: [from, to], readings, judgement: lost ? unheard : judgeVxlan(readings), durationMs };
}

function record(
  { context, overlay, options }: BurstField,
  { role, count }: Kind,
  { pair: [from, to], readings, judgement, durationMs }: Judged,
): ProbeOf<'burst'> {
  const { outcome, arrivedShare, reason } = judgement;
  const pod = podOf(context, from, 'host');
  const source: Place = { network: 'host', node: from, pod: pod?.pod, ip: pod?.ip };
  const destination: Place = { network: 'host', node: to, ip: addressFor(context, role, to), port: overlay.port };
  // To a node's own address no tunnel of the peer's is sent: what is lost there is lost under the overlay.
  const carried: Partial<Crosses> = role === 'internal-burst' ? {} : { overlay: [[from, to]] };
  return options.recorder.probe({
    suite: 'vxlan',
    kind: 'burst',
    role,
    pathClass: 'host-host',
    source,
    destination,
    crosses: directly(source, destination, 'small', carried),
    asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES, count, shape: shapeOf(role), vni: overlay.vni },
    // What the others say lies in their readings, and is neither pass nor fail: no tunnel device takes what is no
    // VXLAN, for one.
    ...(role === 'burst'
      ? {
          verdict: verdictOf(outcome),
          reason: `${outcome}: ${reason}`,
          errorKind: outcome === 'open' || outcome === 'inconclusive' ? undefined : ('no-reply' as const),
        }
      : {
          verdict: readings.sent > 0 ? ('evidence' as const) : ('inconclusive' as const),
          reason:
            `${readings.receiverUplinkRx ?? 'an unknown number'} of ` +
            `${readings.sent} came to the receiver's uplink`,
        }),
    attempts: readings.sent,
    succeeded: Math.round((arrivedShare ?? 0) * readings.sent),
    durationMs: Math.round(durationMs),
    got: { outcome, arrivedShare, reason, readings },
  });
}

async function sendRounds(field: BurstField, kind: Kind, pairs: [string, string][]): Promise<Judged[]> {
  const { context, options, nodes } = field;
  const all: Judged[] = [];
  let before: Readings = await readCounters(context, options.fleet, nodes, options.signal);
  for (const round of roundsOf(pairs, nodes)) {
    const startedAt = performance.now();
    const bursts = await Promise.all(round.map(([from, to]) => sendBurst(field, kind, from, to)));
    await sleep(SETTLE_MS);
    const after = await readCounters(context, options.fleet, nodes, options.signal);
    const durationMs = performance.now() - startedAt;
    all.push(...round.map((pair, index) => judged(field, pair, bursts[index] as Burst, before, after, durationMs)));
    before = after;
  }
  return all;
}

/**
 * Sends one burst for each pair, in rounds in which what a receiver's counters rise by belongs to one sender; a larger
 * one where the first leaves a doubt. Resolves to one observation a pair.
 */
export async function burstRounds(
  field: BurstField,
  role: BurstRole,
  pairs: [string, string][],
): Promise<ProbeOf<'burst'>[]> {
  const small: Kind = { role, count: field.context.settings.burst };
  const large: Kind = { role, count: small.count * LARGER };
  const first = await sendRounds(field, small, pairs);
  const doubtful = first.filter(({ readings, judgement }) => isDoubtful(judgement, readings));
  const second =
    doubtful.length > 0
      ? await sendRounds(
          field,
          large,
          doubtful.map(({ pair }) => pair),
        )
      : [];
  const better = new Map(second.map((each) => [each.pair.join(' '), each]));
  return first.map((each) => {
    const again = better.get(each.pair.join(' '));
    return again ? record(field, large, again) : record(field, small, each);
  });
}
