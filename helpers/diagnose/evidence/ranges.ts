import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** A range, or an address as the range of itself; undefined for what is neither. */
function parse(range: string): Range | undefined {
  if (ipaddr.isValidCIDR(range)) return ipaddr.parseCIDR(range);
  if (!ipaddr.isValid(range)) return undefined;
  const address = ipaddr.parse(range);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function holds([base, bits]: Range, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return base.kind() === address.kind() && address.match([base, bits] as [ipaddr.IPv4, number]);
}

/** Whether an address lies in a range, or is the address that stands for one; false when either cannot be read. */
export function inRange(address: string, range: string): boolean {
  const parsed = parse(range);
  return parsed !== undefined && ipaddr.isValid(address) && holds(parsed, ipaddr.parse(address));
}

/** Whether an address is the first of a range, or the one after it: where network plugins put a node's own gateway. */
export function isGateway(address: string, range: string): boolean {
  const parsed = parse(range);
  if (!parsed || !inRange(address, range)) return false;
  const [base, bits] = parsed;
  // A whole range but its last two addresses would be ruled out.
  const narrow = base.kind() === 'ipv4' ? 31 : 127;
  return bits < narrow && inRange(address, `${base.toString()}/${narrow}`);
}

/** Whether two ranges have an address in common. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [parse(a), parse(b)];
  return one !== undefined && other !== undefined && (holds(one, other[0]) || holds(other, one[0]));
}
