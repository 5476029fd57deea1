import type { FaultContext } from '../lib/context.ts';
import { formsOfTheWire, nodeSet } from '../lib/places.ts';
import { atNode, type LabFault } from '../lib/types.ts';

const code = 'vxlan-bad-udp-checksum';
const title = 'outer UDP checksums of VXLAN are wrong';
// A checksum of 0 would mean "none"; this one is wrong for all but one packet in 65,535.
const spoil = ({ port }: FaultContext): string => `udp dport ${port} counter udp checksum set 0x1234`;

export const faults: LabFault[] = [
  ...formsOfTheWire({ code, title }, (match, lab) => [`${match} ${spoil(lab)}`], ['all', 'one-pair', 'one-direction']),
  {
    id: `${code}/one-sender`,
    code,
    title: `${title} in what one node sends, as when its device computes them wrongly`,
    takes: 'node',
    inject: (lab, { node = '' }) =>
      lab.inFabric(`ip saddr ${lab.node(node).address} ip daddr ${nodeSet(lab)} ${spoil(lab)}`),
    expected: atNode,
  },
];
