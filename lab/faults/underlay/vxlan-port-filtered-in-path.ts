import { formsOfTheWire } from '../lib/places.ts';

/** A filter between the nodes that drops the overlay's UDP port, and nothing else. */
export const faults = formsOfTheWire(
  { code: 'vxlan-port-filtered-in-path', title: "the overlay's UDP port is filtered" },
  (match, { port }) => [`${match} udp dport ${port} counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
);
