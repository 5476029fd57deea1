import type { HostRoute } from '../../model/facts/agent.ts';
import { CLOSED_SHARE } from '../../model/thresholds.ts';
import { arrival, controlOf, leftWrapped, type Burst, type PairView } from '../view/pairs.ts';
import type { View } from '../view/view.ts';
import { inRange } from './ranges.ts';
import { overlayFailures } from './support.ts';

/** A burst that the sender's kernel wrapped and that did not come to the receiver's uplink. */
export interface LostWrapped {
  pair: PairView;
  burst: Burst;
  /** Whether it was seen leaving the sender. */
  left: boolean;
  /** Where the sender's routes lead it: to the receiver's address by the tunnel device, elsewhere, or not read. */
  way: 'peer' | 'elsewhere' | 'unknown';
  /** The address of the receiver to which wrapped packets and the controls go. */
  peer?: string;
  routesId?: string;
  controlUdp?: 'pass' | 'fail';
  controlTcp?: 'pass' | 'fail';
  /** Failed probes that need this pair. */
  basis: string[];
}

const lengthOf = ({ destination }: HostRoute): number => Number(destination.split('/')[1]);

/** The route that an address takes: the longest that has it. */
export const routeTo = (routes: readonly HostRoute[], address: string): HostRoute | undefined =>
  routes
    .filter(({ destination, up }) => up && inRange(address, destination))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.metric - b.metric)[0];

function wayOf(view: View, { from, of }: PairView, { ip }: Burst): Pick<LostWrapped, 'way' | 'peer' | 'routesId'> {
  const { routes } = view.host(from);
  const peer = of('control-udp')[0]?.destination.ip;
  if (!routes || ip === undefined || peer === undefined) return { way: 'unknown', peer };
  const route = routeTo(routes.value, ip);
  const leads = route?.reject === false && route.device === view.overlay.on(from).device && route.gateway === peer;
  return { way: leads ? 'peer' : 'elsewhere', peer, routesId: routes.id };
}

/** Every wrapped burst of which nothing came to the receiver's uplink, nor out of its tunnel device. */
export const lostWrapped = (view: View): LostWrapped[] =>
  [...view.pairs.values()].flatMap((pair) =>
    pair.wrappedBursts
      .filter(
        ({ readings }) =>
          readings.sent > 0 &&
          readings.tunnelRx !== undefined &&
          readings.tunnelRx <= readings.sent * CLOSED_SHARE &&
          Object.keys(readings.sendErrors).length === 0 &&
          arrival(readings) === 'none',
      )
      .map((burst) => ({
        pair,
        burst,
        left: leftWrapped(burst.readings),
        ...wayOf(view, pair, burst),
        controlUdp: controlOf(pair.of('control-udp')),
        controlTcp: controlOf(pair.of('control-tcp')),
        basis: [burst.id, ...overlayFailures(view, pair.from, pair.to).map(({ id }) => id)],
      })),
  );

/** What became of a wrapped burst, with every number explained where it stands. */
export function wrappedText({ burst: { readings }, pair: { from, to }, peer }: LostWrapped, wire: string): string {
  const { sent, senderTunnelTx, senderUplinkTx, receiverUplinkRx, tunnelRx } = readings;
  return (
    `${from} sent ${sent} packets in ${wire} to ${to}${peer === undefined ? '' : ` (${peer})`}: its tunnel device ` +
    `handed on ${senderTunnelTx ?? 'an unknown number'}, its uplink sent ${senderUplinkTx ?? 'an unknown number'} ` +
    `packets in that time; the uplink of ${to} received ${receiverUplinkRx ?? 'an unknown number'} and its tunnel ` +
    `device ${tunnelRx}`
  );
}
