import { formsOfTheWire } from '../lib/places.ts';

/** A filter between the nodes that drops IPIP, and nothing else. */
export const faults = formsOfTheWire(
  { code: 'ip-protocol-filtered-in-path', title: "the overlay's IP protocol is filtered" },
  (match) => [`${match} ip protocol 4 counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
  ['calico-ipip'],
);
