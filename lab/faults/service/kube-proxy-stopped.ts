import { atNode, type LabFault } from '../lib/types.ts';

const code = 'kube-proxy-stopped';

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'kube-proxy does not run on a node; its rules are there and still right',
    takes: 'node',
    inject: (lab, { node = '' }) => lab.hold(node, 'kube-proxy'),
    expected: atNode,
  },
];
