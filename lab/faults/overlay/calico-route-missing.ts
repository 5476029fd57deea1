import { podRange } from '../lib/places.ts';
import { atDirection, type LabFault } from '../lib/types.ts';

const code = 'calico-route-missing';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node has no route to the block of another node's pods, as where BIRD has no session to it",
    takes: 'pair',
    networks: ['calico-ipip'],
    inject: async (lab, { from = '', to = '' }) => {
      const block = await podRange(lab, to);
      await lab.hold(from, 'block-routes');
      await lab.inNetwork(from, ['ip', 'route', 'del', block]);
    },
    expected: atDirection,
  },
];
