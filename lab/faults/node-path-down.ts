import type { FaultContext } from './context.ts';
import { atDirection, atPair, type LabFault } from './types.ts';

const code = 'node-path-down';

/** A link address that nobody has. */
const NOBODY = '02:00:00:00:00:99';

/** Makes a node ask anew who has an address, also when the fault is mended. */
const forget = (lab: FaultContext, node: string, address: string, forever: string[] = []): Promise<string> =>
  lab.inNetwork(node, ['ip', 'neigh', 'replace', address, 'dev', 'eth0', ...(forever.length > 0 ? forever : ['lladdr', NOBODY, 'nud', 'stale'])], ['ip', 'neigh', 'del', address, 'dev', 'eth0']);

export const faults: LabFault[] = [
  {
    id: `${code}/one-pair`,
    code,
    title: 'nothing passes between two nodes, not even who has an address',
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      const [a, b] = [lab.node(from).address, lab.node(to).address];
      await lab.inFabric(...[[a, b], [b, a]].flatMap(([one, other]) => [`ip saddr ${one} ip daddr ${other} counter drop`, `arp saddr ip ${one} arp daddr ip ${other} counter drop`]));
      await forget(lab, from, b);
      await forget(lab, to, a);
    },
    expected: atPair,
  },
  {
    id: `${code}/wrong-neighbour`,
    code,
    title: 'a node has a fixed link address for another that is not its own',
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      await forget(lab, from, lab.node(to).address, ['lladdr', NOBODY, 'nud', 'permanent']);
    },
    expected: atDirection,
  },
];
