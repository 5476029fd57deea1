import type { ProbeObservation } from '../../model/observation.ts';
import { arrival, controlOf, heard, left, type Burst, type PairView } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { overlayFailures } from './support.ts';
import { CLOSED_SHARE } from '../../model/thresholds.ts';

/** A burst that came out nowhere, with what its neighbours say. */
export interface LostBurst {
  pair: PairView;
  burst: Burst;
  /** Nothing of it came to the receiver's uplink though it was seen leaving the sender's. */
  lostOnTheWay: boolean;
  /** The result of the same port with bytes that are not a VXLAN header */
  plain?: 'lost' | 'arrives';
  plainId?: string;
  controlUdp?: 'pass' | 'fail';
  controlTcp?: 'pass' | 'fail';
  /** Another TCP port of the receiver that the sender reached. */
  otherTcp?: ProbeObservation;
  /** The receiver's own UDP responder is known to answer. */
  responderAlive: boolean;
  /** Failed probes that need this pair. */
  basis: string[];
}

function responderAlive(view: View, node: string): boolean {
  return view.probes.some(
    ({ role, verdict, source, destination, pathClass }) =>
      verdict === 'pass' &&
      destination.node === node &&
      destination.network === 'host' &&
      (role === 'control-udp' || (role === 'udp-small' && (pathClass === 'pod-host' || pathClass === 'host-host'))) &&
      (source.node !== node || pathClass === 'pod-host'),
  );
}

function plainOf({ plainBursts }: PairView): Pick<LostBurst, 'plain' | 'plainId'> {
  const told = plainBursts.filter(
    ({ readings }) => arrival(readings) === 'all' || (arrival(readings) === 'none' && left(readings) === true),
  );
  const [first] = told;
  if (!first || told.some(({ readings }) => arrival(readings) !== arrival(first.readings))) return {};
  return { plain: arrival(first.readings) === 'all' ? 'arrives' : 'lost', plainId: first.id };
}

/** Another TCP port of the receiver than the probe's, which the sender reached. */
export const otherTcpOf = ({ probes }: PairView): ProbeObservation | undefined =>
  probes.find(
    (probe) =>
      probe.destination.network === 'host' &&
      probe.role !== 'control-tcp' &&
      probe.role !== 'internal-tcp' &&
      probe.asked.protocol !== 'udp' &&
      heard(probe),
  );

/** Every burst that did not come out of the receiver's tunnel device and met no error when it was sent. */
export function lostBursts(view: View): LostBurst[] {
  return [...view.pairs.values()].flatMap((pair) =>
    pair.bursts
      .filter(
        ({ outcome, readings }) =>
          outcome !== 'open' &&
          outcome !== 'lossy' &&
          readings.sent > 0 &&
          readings.tunnelRx !== undefined &&
          readings.tunnelRx <= readings.sent * CLOSED_SHARE &&
          Object.keys(readings.sendErrors).length === 0,
      )
      .map((burst): LostBurst => ({
        pair,
        burst,
        lostOnTheWay: arrival(burst.readings) === 'none' && left(burst.readings) === true,
        ...plainOf(pair),
        controlUdp: controlOf(pair.of('control-udp')),
        controlTcp: controlOf(pair.of('control-tcp')),
        otherTcp: otherTcpOf(pair),
        responderAlive: responderAlive(view, pair.to),
        basis: [burst.id, ...overlayFailures(view, pair.from, pair.to).map(({ id }) => id)],
      })),
  );
}

/** What became of a burst, with every number explained where it stands. */
export function readingsText({ burst: { readings, port }, pair: { from, to } }: LostBurst): string {
  const { sent, senderUplinkTx, receiverUplinkRx, tunnelRx } = readings;
  const away =
    senderUplinkTx === undefined ? '' : ` (they left: its uplink sent ${senderUplinkTx} packets in that time)`;
  return (
    `${from} sent ${sent} VXLAN datagrams to ${to}:${port}${away}; the uplink of ${to} received ` +
    `${receiverUplinkRx ?? 'an unknown number'} and its tunnel device ${tunnelRx}`
  );
}
