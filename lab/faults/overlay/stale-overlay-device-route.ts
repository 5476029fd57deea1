import { halvesOf, podRange } from '../lib/places.ts';
import { atDirection, type LabFault } from '../lib/types.ts';

const code = 'stale-overlay-device-route';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node's routes to another node's pods lead to a device of a network plugin that is gone",
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      const range = await podRange(lab, to);
      const [address = ''] = range.split('/');
      await lab.inNetwork(
        from,
        [
          'ip',
          'link',
          'add',
          'vxlan.calico',
          'type',
          'vxlan',
          'id',
          '4096',
          'dstport',
          '4789',
          'local',
          lab.node(from).address,
          'dev',
          lab.uplink.name,
          'nolearning',
        ],
        ['ip', 'link', 'del', 'vxlan.calico'],
      );
      await lab.inNetwork(from, ['ip', 'link', 'set', 'vxlan.calico', 'up']);
      for (const half of halvesOf(range))
        await lab.inNetwork(from, ['ip', 'route', 'add', half, 'via', address, 'dev', 'vxlan.calico', 'onlink']);
    },
    expected: atDirection,
  },
];
