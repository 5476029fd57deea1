import { formsOfTheWire } from '../lib/places.ts';

/** Drops what has the flags of a VXLAN header after the UDP header; any other payload on the same port passes. */
export const faults = formsOfTheWire(
  { code: 'vxlan-eaten-by-hypervisor', title: 'VXLAN packets on UDP 8472 vanish, other payloads pass' },
  (match) => [`${match} udp dport 8472 @th,64,8 0x08 counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
);
