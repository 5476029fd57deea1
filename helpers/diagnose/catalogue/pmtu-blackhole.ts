import type { CatalogueEntry, Match } from '../entry.ts';
import { largeOnly, mtusOf, VXLAN_OVERHEAD_BYTES } from './sizes.ts';
import { ids, placeOf, say } from './support.ts';

/** The path between two nodes carries less than their own links, and nobody tells them. */
export const pmtuBlackhole: CatalogueEntry = {
  code: 'pmtu-blackhole',
  title: (locations) => `the path carries smaller packets than the nodes' links, silently: ${placeOf(locations)}`,
  layer: 'underlay',
  severity: 'major',
  dependsOn: ['node-not-ready-endpoints'],
  needs: ['probes of several sizes between the hosts themselves'],
  match: (view) =>
    largeOnly(view).flatMap(({ pair: { from, to }, failed, hostsFailed, fragmentsOnly }): Match[] => {
      const whole = hostsFailed.filter(({ role }) => role === 'udp-full' || role === 'tcp-large');
      const [a, b] = [mtusOf(view, from), mtusOf(view, to)];
      const tooLarge = [a, b].some((mtus) => mtus && mtus.tunnel > mtus.uplink - VXLAN_OVERHEAD_BYTES);
      if (fragmentsOnly || (whole.length === 0 && (failed.length === 0 || (tooLarge && hostsFailed.length === 0)))) return [];
      const agree = a !== undefined && b !== undefined && a.uplink === b.uplink;
      return [{
        confidence: whole.length > 0 && agree ? 'proved' : 'candidate',
        location: { from, to },
        evidence: [
          ...(whole.length > 0 ? [say(`between the hosts ${from} and ${to} small packets pass, packets of the links' full size do not`, ...ids(whole))] : [say(`small packets pass from ${from} to ${to} over the overlay, large ones do not`, ...ids(failed))]),
          ...(agree ? [say(`both uplinks have MTU ${a.uplink}`, a.id, b.id)] : []),
        ],
        impact: [{ kind: 'overlay', from, to, only: 'large' }, { kind: 'probes', ids: ids(hostsFailed) }],
        basis: [...ids(hostsFailed), ...ids(failed)],
      }];
    }),
  remedy: { k3s: 'Let ICMP "fragmentation needed" (type 3 code 4) through, or give uplinks, flannel and pods the size that the path carries, or clamp the MSS.' },
  verify: ({ from, to }) => `ssh ${from} tracepath -n ${to}`,
  parts: ({ from, to }) => `ssh ${from} ping -M do -s 1472 -c 3 ${to}`,
};
