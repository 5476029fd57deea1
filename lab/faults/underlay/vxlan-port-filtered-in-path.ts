import { formsOfTheWire } from '../lib/places.ts';

/** A filter between the nodes that drops the overlay's UDP port, and nothing else. */
export const faults = formsOfTheWire(
  { code: 'vxlan-port-filtered-in-path', title: 'UDP 8472 is filtered' },
  (match) => [`${match} udp dport 8472 counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
);
