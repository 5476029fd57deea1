import { NOT_READY, untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'kubelet-down';
const signal = (name: string) => ['sh', '-c', `kill -${name} "$(cat /run/netwright/kubelet.pid)"`];

export const faults: LabFault[] = [
  {
    id: `${code}/ended`,
    code,
    title: 'the kubelet of a node is dead, and its network lives',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'kubelet');
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
  {
    id: `${code}/stopped`,
    code,
    title: 'the kubelet of a node hangs: its process is stopped',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.onNode(node, signal('STOP'), signal('CONT'));
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
];
