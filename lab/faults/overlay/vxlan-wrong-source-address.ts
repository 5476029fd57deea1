import type { FaultContext } from '../lib/context.ts';
import { nodeSet } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'vxlan-wrong-source-address';
const local = ({ tunnel, status, uplink }: FaultContext, source: string): string[] => [
  'ip',
  'link',
  'set',
  tunnel,
  'type',
  'vxlan',
  'id',
  `${status.settings.vni}`,
  'local',
  source,
  'dev',
  uplink.name,
];

export const faults: LabFault[] = [
  {
    id: code,
    code,
    title: 'the tunnel of a node sends from a second address, which the network does not accept from it',
    takes: 'node',
    inject: async (lab, { node = '' }) => {
      const { address } = lab.node(node);
      const other = address.replace(/\d+$/, (last) => String(Number(last) + 100));
      await lab.inNetwork(
        node,
        ['ip', 'addr', 'add', `${other}/32`, 'dev', lab.uplink.name],
        ['ip', 'addr', 'del', `${other}/32`, 'dev', lab.uplink.name],
      );
      await lab.inNetwork(node, local(lab, other), local(lab, address));
      // As a provider does that knows which addresses a server has, and drops the rest without a word.
      await lab.inFabric(`ip saddr ${other} ip daddr ${nodeSet(lab)} counter drop`);
    },
    expected: atNode,
  },
];
