import { formsOfTheWire } from '../lib/places.ts';

/** Every UDP port between nodes is lost, TCP and ICMP pass. */
export const faults = formsOfTheWire(
  { code: 'all-udp-filtered', title: 'all UDP is filtered' },
  (match) => [`${match} ip protocol udp counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
);
