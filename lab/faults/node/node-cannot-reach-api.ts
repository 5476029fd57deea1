import { NOT_READY, kubeconfigOf, RESTART_KUBELET, untilNotReady } from '../lib/not-ready.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'node-cannot-reach-api';
const API_PORT = 6443;
/** Nobody's in the network of the nodes. */
const NOBODY = '10.0.0.99';

export const faults: LabFault[] = [
  {
    id: `${code}/filtered-on-node`,
    code,
    title: 'a rule of a node drops what it sends to the API server',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.nftOnNode(node, 'output', [`tcp dport ${API_PORT} counter drop`]);
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
  {
    id: `${code}/filtered-on-the-way`,
    code,
    title: 'what a node sends to the API server is filtered on the way',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      await lab.inFabric(`ip saddr ${lab.node(node).address} tcp dport ${API_PORT} counter drop`);
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
  {
    id: `${code}/wrong-address`,
    code,
    title: 'the kubelet of a node asks an address where no API server is',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const [server] = lab.status.nodes;
      const file = await kubeconfigOf(lab, node);
      const turn = (from = '', to = '') => ['sed', '-i', `s#//${from}:${API_PORT}#//${to}:${API_PORT}#`, file];
      await lab.onHealing({ on: 'node', node, argv: RESTART_KUBELET });
      await lab.onNode(node, turn(server?.address, NOBODY), turn(NOBODY, server?.address));
      await lab.onNode(node, RESTART_KUBELET);
      await untilNotReady(lab, node);
    },
    expected: atNode,
    also: NOT_READY,
  },
];
