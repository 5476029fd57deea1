import type { BurstOutcome, BurstReadings } from '../../model/burst.ts';
import { isJudged, type PathClass, type ProbeName, type ProbeObservation } from '../../model/observation.ts';
import { isUnanswered } from '../../model/own-ports.ts';
import { answeredOf, carried } from './answers.ts';
import { FEW_SHARE, NOISE_SHARE, STRAY_SHARE, WHOLE_SHARE } from '../../model/thresholds.ts';

export interface Burst {
  id: string;
  outcome: BurstOutcome;
  readings: BurstReadings;
  ip?: string;
  port?: number;
}

export type Arrival = 'none' | 'all' | 'part' | 'unknown';

/** How much of a burst came to the receiver's uplink. Runs of a few stray packets more or less are allowed for. */
export function arrival({ sent, receiverUplinkRx, tunnelRx = 0, uplinkNoise }: BurstReadings): Arrival {
  if (sent === 0 || receiverUplinkRx === undefined || uplinkNoise >= sent * NOISE_SHARE) return 'unknown';
  // More came out of the tunnel than in by this device: it came by another.
  if (receiverUplinkRx < tunnelRx - uplinkNoise - sent * STRAY_SHARE) return 'unknown';
  // The noise is an estimate: the count may be off by as much.
  if (receiverUplinkRx >= sent * WHOLE_SHARE - uplinkNoise) return 'all';
  return receiverUplinkRx <= sent * FEW_SHARE ? 'none' : 'part';
}

/** Whether the burst was seen leaving the sender: undefined where its counter was not read. */
export const left = ({ sent, senderUplinkTx }: BurstReadings): boolean | undefined =>
  senderUplinkTx === undefined ? undefined : senderUplinkTx >= sent * WHOLE_SHARE;

/**
 * The same of a burst that the sender's kernel wraps, whose own firewall may drop it and tell nobody: the kernel counts
 * at the tunnel device what it could hand on, and the uplink is quiet enough to be believed.
 */
export const leftWrapped = (readings: BurstReadings): boolean =>
  left(readings) === true &&
  (readings.senderTunnelTx ?? 0) >= readings.sent * WHOLE_SHARE &&
  (readings.senderUplinkNoise ?? readings.sent) <= readings.sent * FEW_SHARE;

/** Everything observed from one node to another. */
export interface PairView {
  from: string;
  to: string;
  probes: readonly ProbeObservation[];
  bursts: Burst[];
  /** The same with bytes that are no VXLAN header. */
  plainBursts: Burst[];
  /** VXLAN to the receiver's own address, where the overlay announces another. */
  internalBursts: Burst[];
  /** Bytes to the receiver's tunnel address, which the sender's kernel wraps. */
  wrappedBursts: Burst[];
  /** Probes of one role, optionally of one path class. */
  of: (role: ProbeName, pathClass?: PathClass) => ProbeObservation[];
}

/**
 * One verdict for several probes: fail when one failed, pass when all that were observed passed, undefined when none
 * was.
 */
export function verdictOf(probes: readonly ProbeObservation[]): 'pass' | 'fail' | undefined {
  const judged = probes.filter(isJudged);
  if (judged.length === 0) return undefined;
  return judged.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'pass';
}

/** The same of a control: silence says that a port is closed, also where nothing of the cluster needs it. */
export const controlOf = (probes: readonly ProbeObservation[]): 'pass' | 'fail' | undefined =>
  probes.some(isUnanswered) ? 'fail' : verdictOf(probes);

/** Whether anything came back over TCP: an answer, whatever it said, or a refusal by the other side itself. */
export const heard = (probe: ProbeObservation): boolean =>
  carried(probe) ||
  probe.succeeded > 0 ||
  answeredOf(probe) > 0 ||
  ['refused', 'reset', 'http-status', 'wrong-identity', 'tls', 'partial-loss', 'dns-rcode', 'wrong-answer'].includes(
    probe.errorKind ?? '',
  );

const burstsOf = (probes: readonly ProbeObservation[]): Burst[] =>
  probes.flatMap((probe): Burst[] =>
    probe.kind === 'burst'
      ? [
          {
            id: probe.id,
            outcome: probe.got.outcome,
            readings: probe.got.readings,
            ip: probe.destination.ip,
            port: probe.destination.port,
          },
        ]
      : [],
  );

/** Whether datagrams pass one by one where many at once do not. */
const isLimited = ({ of }: PairView): boolean => of('control-udp-slow').some(({ succeeded }) => succeeded > 0);

const losesSome = ({ bursts, probes }: PairView): boolean =>
  bursts.some(({ outcome }) => outcome === 'lossy') ||
  probes.filter(({ kind, errorKind }) => kind === 'udp-echo' && errorKind === 'partial-loss').length > 1;

/** Whether a part of what one node sends another gets lost. */
export const losesAPart = (pair: PairView): boolean => isLimited(pair) || losesSome(pair);

/** Every ordered pair of different nodes with at least one observation between their probes. */
export function indexPairs(probes: readonly ProbeObservation[]): Map<string, PairView> {
  const between = probes.filter(
    ({ source, destination }) =>
      source.node !== undefined && destination.node !== undefined && source.node !== destination.node,
  );
  const groups = Map.groupBy(between, ({ source, destination }) => `${source.node} ${destination.node}`);
  const sorted = [...groups].toSorted(([a], [b]) => a.localeCompare(b));
  return new Map(
    sorted.map(([key, own]): [string, PairView] => {
      const [from, to] = key.split(' ') as [string, string];
      const of = (role: ProbeName, pathClass?: PathClass) =>
        own.filter((probe) => probe.role === role && (pathClass === undefined || probe.pathClass === pathClass));
      return [
        key,
        {
          from,
          to,
          probes: own,
          of,
          bursts: burstsOf(of('burst')),
          plainBursts: burstsOf(of('plain-burst')),
          internalBursts: burstsOf(of('internal-burst')),
          wrappedBursts: burstsOf(of('tunnel-burst')),
        },
      ];
    }),
  );
}
