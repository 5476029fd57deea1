// Names that nft and iptables print for numbers.

/** Numbers of protocols, from IANA's list, by the names of /etc/protocols and of nft. */
const PROTOCOLS: Record<string, number> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  ospf: 89,
  ospfigp: 89,
  vrrp: 112,
  comp: 108,
  sctp: 132,
  udplite: 136,
};

/** A protocol as a number; undefined for a name that is not known. */
export const protocolNumber = (name: string | number): number | undefined =>
  typeof name === 'number' ? name : (PROTOCOLS[name] ?? (/^\d+$/.test(name) ? Number(name) : undefined));

/** Types of ICMP, as nft names them. */
const ICMP_TYPES: Record<string, number> = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
};

const ICMPV6_TYPES: Record<string, number> = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
};

export const icmpNumber = (isV6: boolean, name: string | number): number | undefined =>
  typeof name === 'number'
    ? name
    : ((isV6 ? ICMPV6_TYPES : ICMP_TYPES)[name] ?? (/^\d+$/.test(name) ? Number(name) : undefined));
