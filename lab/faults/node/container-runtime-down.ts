import { NOT_READY, untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'container-runtime-down';
/** The kubelet bears with a runtime that is silent for half a minute. */
const TIMEOUT_MS = 90_000;

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'the container runtime of a node is dead, and its pods live',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.hold(node, 'containerd');
      await untilNotReady(lab, node, 'False', TIMEOUT_MS);
    },
    expected: atNode,
    also: NOT_READY,
  },
];
