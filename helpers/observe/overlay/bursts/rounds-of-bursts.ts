import { LOST_ON_THE_WAY, type BurstOutcome, type BurstReadings } from '../../../model/burst.ts';
import type { Crosses, ErrorKind, Place, ProbeOf } from '../../../model/observation.ts';
import { podOf } from '../../../model/run-context.ts';
import { readCounters } from '../../facts.ts';
import { pause } from '../../pause.ts';
import { BURST_PAYLOAD_BYTES } from './controls.ts';
import { targetOf, type BurstField, type BurstRole } from './target.ts';
import { isDoubtful, judgeVxlan, verdictOf, type VxlanJudgement } from './judge.ts';
import { directly } from '../../plans/crossing.ts';
import { readResult } from '../../results.ts';
import { isComingOut, readingsOf, type Counters, type Noise } from './readings.ts';
import { roundsOf } from './rounds.ts';
import { readUntilOut } from './until-out.ts';

/** Time for datagrams from one node's socket to another's counter on a busy machine. */
const SETTLE_MS = 40;

/**
 * The second burst is this many times the first, so that background traffic becomes a small share. A device's queue
 * (1,000 packets, netdev_max_backlog) still takes it.
 */
const LARGER = 4;

interface Kind {
  role: BurstRole;
  /** Datagrams in a burst. */
  count: number;
}

interface Burst {
  sent: number;
  sendErrors: Partial<Record<ErrorKind, number>>;
  lost?: string;
  /** Why nothing was to be sent. */
  unsent?: string;
}

async function sendBurst(field: BurstField, { role, count }: Kind, from: string, to: string): Promise<Burst> {
  const { context, options } = field;
  const target = targetOf(field, role, from, to);
  if (typeof target === 'string') return { sent: 0, sendErrors: {}, unsent: target };
  const { timeoutMs } = context.settings;
  const spec = {
    kind: 'burst' as const,
    id: 'burst',
    ...target,
    count,
    payloadBytes: BURST_PAYLOAD_BYTES,
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
  { tunnels, uplink, noise, control }: BurstField,
  role: BurstRole,
  [from, to]: [string, string],
  { sent, sendErrors, lost, unsent }: Burst,
  before: Readings,
  after: Readings,
  durationMs: number,
): Judged {
  const own = tunnels.get(from)?.device;
  const readings = readingsOf({
    sent,
    sendErrors,
    sender: {
      before: before.get(from),
      after: after.get(from),
      uplink: uplink.get(from) as string,
      ...(role === 'tunnel-burst' &&
        own !== undefined && { wrapper: { tunnel: own, noise: noise.get(from) as Noise } }),
    },
    receiver: {
      before: before.get(to),
      after: after.get(to),
      uplink: uplink.get(to) as string,
      tunnel: tunnels.get(to)?.device,
      noise: noise.get(to) as Noise,
    },
    controlUdp: control('control-udp', from, to),
    controlTcp: control('control-tcp', from, to),
  });
  const unheard: VxlanJudgement = {
    outcome: 'inconclusive',
    reason: unsent ?? `the probe on ${from} could not be heard: ${lost}`,
  };
  return {
    pair: [from, to],
    readings,
    judgement: lost !== undefined || unsent !== undefined ? unheard : judgeVxlan(readings),
    durationMs,
  };
}

/** Port by port, what answers beside a burst that was lost on its way. */
function closedBeside({ ports }: BurstField, outcome: BurstOutcome, from: string, to: string): string {
  const text = LOST_ON_THE_WAY.has(outcome) ? ports(from, to) : '';
  return text === '' ? '' : `; ${text}`;
}

function record(
  field: BurstField,
  { role, count }: Kind,
  { pair: [from, to], readings, judgement, durationMs }: Judged,
): ProbeOf<'burst'> {
  const { context, options } = field;
  const { outcome, arrivedShare, reason } = judgement;
  const target = targetOf(field, role, from, to);
  const { host: ip, port, shape, vni } = typeof target === 'string' ? { shape: 'vxlan' as const } : target;
  const pod = podOf(context, from, 'host');
  const source: Place = { network: 'host', node: from, pod: pod?.pod, ip: pod?.ip };
  const destination: Place = { network: 'host', node: to, ip, port };
  // To a node's own address no tunnel of the peer's is sent: what is lost there is lost under the overlay.
  const carried: Partial<Crosses> = role === 'internal-burst' ? {} : { overlay: [[from, to]] };
  return options.recorder.probe({
    suite: 'overlay',
    kind: 'burst',
    role,
    pathClass: 'host-host',
    source,
    destination,
    crosses: directly(source, destination, 'small', carried),
    asked: { protocol: 'udp', payloadBytes: BURST_PAYLOAD_BYTES, count, shape, vni },
    // What the others say lies in their readings, and is neither pass nor fail: no tunnel device takes what is no
    // VXLAN, for one.
    ...(role === 'burst' || role === 'tunnel-burst'
      ? {
          verdict: verdictOf(outcome),
          reason: `${outcome}: ${reason}${closedBeside(field, outcome, from, to)}`,
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

/** Whether nothing more is waited for. What is no tunnel's comes out of none. */
const isWhole =
  ({ role }: Kind) =>
  ({ judgement: { outcome }, readings: { sent } }: Judged): boolean =>
    outcome === 'open' || sent === 0 || role === 'plain-burst' || role === 'internal-burst';

/** Whether more of a burst came out of its receiver's tunnel between two readings. */
const isStillComing =
  ({ tunnels, noise }: BurstField) =>
  ({ pair: [, to] }: Judged, first: Readings, second: Readings): boolean =>
    isComingOut(first.get(to), second.get(to), tunnels.get(to)?.device, noise.get(to)?.tunnelRxPerMs ?? 0);

async function sendRounds(field: BurstField, kind: Kind, pairs: [string, string][]): Promise<Judged[]> {
  const { context, options, nodes } = field;
  const all: Judged[] = [];
  let before: Readings = await readCounters(context, options.fleet, nodes, options.signal);
  // Also nodes without a probe have their place: pairs are at few distances from each other in the whole list only.
  const places = context.topology.nodes.map(({ name }) => name);
  for (const round of roundsOf(pairs, places)) {
    const startedAt = performance.now();
    const bursts = await Promise.all(round.map(([from, to]) => sendBurst(field, kind, from, to)));
    await pause(SETTLE_MS, options.signal);
    const from = before;
    const { judged: results, last } = await readUntilOut({
      read: () => readCounters(context, options.fleet, nodes, options.signal),
      judge: (after) => {
        const durationMs = performance.now() - startedAt;
        return round.map((pair, index) =>
          judged(field, kind.role, pair, bursts[index] as Burst, from, after, durationMs),
        );
      },
      isWhole: isWhole(kind),
      isStillComing: isStillComing(field),
      signal: options.signal,
    });
    all.push(...results);
    before = last;
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
