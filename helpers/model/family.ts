/** The address families of Kubernetes; `FQDN` is an endpoint that is a name. */
export const FAMILIES = ['IPv4', 'IPv6'] as const;
export const ADDRESS_TYPES = [...FAMILIES, 'FQDN'] as const;
export type Family = (typeof FAMILIES)[number];
export type AddressType = (typeof ADDRESS_TYPES)[number];

/** The family of an address as Kubernetes writes it: no port, no brackets. */
export const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4');

/** What an endpoint's address is. Older recordings hold no family, and IPv4 alone. */
export const addressTypeOf = ({ ip, family = familyOf(ip) }: { ip: string; family?: AddressType }): AddressType =>
  family;

/** A Service's own address, of whichever family; undefined for a headless Service. */
export const clusterIpOf = ({ clusterIp }: { clusterIp: string }): string | undefined =>
  clusterIp && clusterIp !== 'None' ? clusterIp : undefined;

/** A Service's own address of IPv4; undefined for a headless Service, and for one that has none. */
export const ipv4ClusterIp = ({ clusterIp }: { clusterIp: string }): string | undefined =>
  clusterIp && clusterIp !== 'None' && familyOf(clusterIp) === 'IPv4' ? clusterIp : undefined;

/** The first IPv4 address, or else the first of all. */
export const preferIpv4 = (addresses: readonly string[]): string | undefined =>
  addresses.find((address) => familyOf(address) === 'IPv4') ?? addresses[0];
