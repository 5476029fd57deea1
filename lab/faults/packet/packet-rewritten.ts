import { atNode, type LabFault } from '../lib/types.ts';

const code = 'packet-rewritten';
/** Of a family of its own: a table for both families cannot lead to a port alone. */
const TABLE = 'table ip netwright_rewritten';
const CHAIN = `${TABLE.replace('table ', '')} pre`;

export const faults: LabFault[] = [
  {
    id: `${code}/pods-port`,
    code,
    title: "a rule of one node leads the pods' port 8080 to one where nobody listens",
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const rules =
        `add ${TABLE}; add chain ${CHAIN} { type nat hook prerouting priority -110; }; ` +
        `add rule ${CHAIN} tcp dport 8080 counter dnat to :9`;
      await lab.inNetwork(node, ['nft', rules], ['nft', `delete ${TABLE}`]);
    },
    expected: atNode,
  },
];
