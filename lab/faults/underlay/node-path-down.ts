import type { FaultContext } from '../lib/context.ts';
import { atDirection, atPair, type LabFault } from '../lib/types.ts';

const code = 'node-path-down';

/** A link address that nobody has. */
const NOBODY = '02:00:00:00:00:99';

/** Gives a node that link address for another: for good, or as one that it asks about before it believes it. */
const mislead = (lab: FaultContext, node: string, address: string, nud: 'permanent' | 'stale'): Promise<string> =>
  lab.inNetwork(
    node,
    ['ip', 'neigh', 'replace', address, 'dev', lab.uplink.name, 'lladdr', NOBODY, 'nud', nud],
    ['ip', 'neigh', 'del', address, 'dev', lab.uplink.name],
  );

export const faults: LabFault[] = [
  {
    id: `${code}/one-pair`,
    code,
    title: 'nothing passes between two nodes, not even who has an address',
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      const [a, b] = [lab.node(from).address, lab.node(to).address];
      await lab.inFabric(
        ...[
          [a, b],
          [b, a],
        ].flatMap(([one, other]) => [
          `ip saddr ${one} ip daddr ${other} counter drop`,
          `arp saddr ip ${one} arp daddr ip ${other} counter drop`,
        ]),
      );
      await mislead(lab, from, b, 'stale');
      await mislead(lab, to, a, 'stale');
    },
    expected: atPair,
  },
  {
    id: `${code}/wrong-neighbour`,
    code,
    title: 'a node has a fixed link address for another that is not its own',
    takes: 'pair',
    inject: async (lab, { from = '', to = '' }) => {
      await mislead(lab, from, lab.node(to).address, 'permanent');
    },
    expected: atDirection,
  },
];
