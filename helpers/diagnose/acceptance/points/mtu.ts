import type { AcceptancePoint } from '../../../model/acceptance.ts';
import { point } from '../point.ts';
import type { View } from '../../view/view.ts';

/** Whether datagrams of the devices' own size pass in one packet on every class of ways. Pure. */
export function mtuPoints(view: View): AcceptancePoint[] {
  const full = view.probes.filter(({ role }) => role === 'udp-full');
  const told = (verdict: 'fail' | 'inconclusive') =>
    full
      .filter((probe) => probe.verdict === verdict)
      .map(({ source, destination, pathClass, reason }) => ({
        node: source.node,
        text: `${source.node} to ${destination.node} (${pathClass ?? 'no class'}): ${reason ?? verdict}`,
      }));
  return [
    point({
      area: 'mtu',
      title: 'datagrams of the size of the devices pass on every class of ways',
      wrong: told('fail'),
      unknown: full.length === 0 ? [{ text: 'no datagram of full size was sent' }] : told('inconclusive'),
      remedy: 'Set the MTU of the network to that of the uplink less what the network puts around each packet.',
      observations: full.map(({ id }) => id),
    }),
  ];
}
