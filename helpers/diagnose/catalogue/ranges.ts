import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const parse = (range: string): Range | undefined => (ipaddr.isValidCIDR(range) ? ipaddr.parseCIDR(range) : undefined);

function holds([base, bits]: Range, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return base.kind() === address.kind() && address.match([base, bits] as [ipaddr.IPv4, number]);
}

/** Whether an address lies in a range; false when either cannot be read. */
export function inRange(address: string, range: string): boolean {
  const parsed = parse(range);
  return parsed !== undefined && ipaddr.isValid(address) && holds(parsed, ipaddr.parse(address));
}

/** Whether two ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [parse(a), parse(b)];
  return one !== undefined && other !== undefined && (holds(one, other[0]) || holds(other, one[0]));
}
