import { tunnelAnnotation, untilWritten } from '../lib/calico.ts';
import { tunnelAddress } from '../lib/places.ts';
import type { LabFault } from '../lib/types.ts';

const code = 'calico-tunnel-address-duplicate';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node's tunnel device has the address of another node's",
    takes: 'pair',
    networks: ['calico-ipip', 'calico-vxlan'],
    inject: async (lab, { from = '', to = '' }) => {
      const [taken, own] = [await tunnelAddress(lab, from), await tunnelAddress(lab, to)];
      const annotate = (address: string) => [
        'annotate',
        'node',
        to,
        '--overwrite',
        `${tunnelAnnotation(lab)}=${address}`,
      ];
      // The allocator of a sound Calico gives the node an address of its own again when the node's object changes.
      await lab.hold(to, 'calico-tunnels');
      await lab.kubectl(annotate(taken), undefined, annotate(own));
      // felix gives the device what the annotation says.
      await untilWritten(lab, to, `ip -4 -o addr show dev ${lab.tunnel} | grep -qF ' ${taken}/'`);
    },
    // With VXLAN, for no kernel takes a route by an address of its own.
    also: ['calico-route-missing'],
    expected: ({ from = '', to = '' }) => [{ node: from }, { node: to }],
  },
];
