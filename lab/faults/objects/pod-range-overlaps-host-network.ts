import { addressIn } from '../../makes/ranges.ts';
import { halvesOf, podRange, sizeOf } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'pod-range-overlaps-host-network';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: "a node's own network lies inside the range of pods, over the addresses of another node's",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const [peer] = lab.peersOf(node);
      const range = await podRange(lab, peer?.name ?? node);
      // The lower half, where addresses of pods are, with the node on its last address.
      const [lower = ''] = halvesOf(range);
      const address = `${addressIn(lower, sizeOf(lower) - 2)}/${lower.split('/')[1]}`;
      await lab.inNetwork(
        node,
        ['ip', 'addr', 'add', address, 'dev', lab.uplink.name],
        ['ip', 'addr', 'del', address, 'dev', lab.uplink.name],
      );
    },
    expected: atNode,
  },
];
