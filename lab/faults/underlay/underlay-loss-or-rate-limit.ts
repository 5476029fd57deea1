import { formsOfTheWire, nodeSet } from '../lib/places.ts';
import { everywhere, type LabFault } from '../lib/types.ts';

const code = 'underlay-loss-or-rate-limit';
const PERCENT = 20;

export const faults: LabFault[] = [
  ...formsOfTheWire(
    { code, title: `${PERCENT} % of all packets are lost` },
    (match) => [`${match} numgen random mod 100 < ${PERCENT} counter drop`],
    ['all', 'one-pair', 'one-direction', 'one-node'],
  ),
  {
    id: `${code}/rate-limit`,
    code,
    title: 'UDP between nodes is limited to 50 packets a second',
    takes: 'none',
    inject: (lab) =>
      lab.inFabric(
        `ip saddr ${nodeSet(lab)} ip daddr ${nodeSet(lab)} ip protocol udp limit rate over 50/second burst 20 ` +
          'packets counter drop',
      ),
    expected: everywhere,
  },
];
