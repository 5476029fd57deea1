import { atNode, everywhere, type LabFault } from '../lib/types.ts';

const code = 'nodeport-blocked-outside';
const drop = (members: string, address: string): string =>
  `ip saddr ${members} ip daddr ${address} tcp dport 30000-32767 counter drop`;

export const faults: LabFault[] = [
  {
    id: `${code}/all`,
    code,
    title: 'NodePorts of all nodes are filtered for those who are not nodes',
    takes: 'none',
    inject: (lab) =>
      lab.inFabric(
        ...lab.status.nodes.map(({ address }) =>
          drop('!= { ' + lab.status.nodes.map((node) => node.address).join(', ') + ' }', address),
        ),
      ),
    expected: everywhere,
  },
  {
    id: `${code}/one-node`,
    code,
    title: 'NodePorts of one node are filtered for those who are not nodes',
    takes: 'node',
    inject: (lab, { node = '' }) =>
      lab.inFabric(
        drop('!= { ' + lab.status.nodes.map(({ address }) => address).join(', ') + ' }', lab.node(node).address),
      ),
    expected: atNode,
  },
];
