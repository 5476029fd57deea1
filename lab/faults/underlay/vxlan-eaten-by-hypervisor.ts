import { formsOfTheWire } from '../lib/places.ts';

/** Drops what has the flags of a VXLAN header after the UDP header; any other payload on the same port passes. */
export const faults = formsOfTheWire(
  { code: 'vxlan-eaten-by-hypervisor', title: "VXLAN packets on the overlay's UDP port vanish, other payloads pass" },
  (match, { port }) => [`${match} udp dport ${port} @th,64,8 0x08 counter drop`],
  ['all', 'one-pair', 'one-direction', 'one-node'],
);
