import { atNode, type LabFault } from '../lib/types.ts';

const code = 'calico-felix-stopped';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'felix does not run on a node: pods start there, and nobody gives them routes and rules',
    takes: 'node',
    networks: ['calico-ipip', 'calico-vxlan'],
    inject: (lab, { node = '' }) => lab.hold(node, 'felix'),
    expected: atNode,
  },
];
