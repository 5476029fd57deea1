import { formsOfTheWire } from '../lib/places.ts';

/** Offset of the protocol in the inner IPv4 header: UDP 8, VXLAN 8, Ethernet 14, and 9 bytes into IPv4; in bits. */
const INNER_PROTOCOL = (8 + 8 + 14 + 9) * 8;

/** A device that loses encapsulated TCP, and passes encapsulated ICMP and UDP. */
export const faults = formsOfTheWire(
  { code: 'vm-nic-encap-offload', title: 'TCP inside of VXLAN is lost, ICMP and UDP pass' },
  (match, { port }) => [`${match} udp dport ${port} @th,${INNER_PROTOCOL},8 0x06 counter drop`],
  ['all', 'one-node'],
);
