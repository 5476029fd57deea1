import ipaddr from 'ipaddr.js';
import { overlap } from '../../helpers/diagnose/evidence/ranges.ts';
import type { LabSettings } from './settings.ts';

/** The network between the nodes, which every lab has. */
export const FABRIC_RANGE = '10.0.0.0/24';

/** The tenth address of a dual lab's IPv6 range of Services. */
const DNS_IPV6 = 'fd00:43::a';

/** Every node gets a /24 of the pods' range, of which the controller manager takes 2^16 at most. */
const POD_PREFIX = { from: 8, to: 20 } as const;
/** The API server takes no larger range than /12. */
const SERVICE_PREFIX = { from: 12, to: 24 } as const;

/** The address that stands at a place in a range; places beyond its end are counted from its beginning. */
export function addressIn(range: string, place: number): string {
  const [base, bits] = ipaddr.parseCIDR(range);
  const bytes = base.toByteArray();
  let rest = place % 2 ** (bytes.length * 8 - bits);
  for (let at = bytes.length - 1; rest > 0; at -= 1) {
    rest += bytes[at] as number;
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return ipaddr.fromByteArray(bytes).toString();
}

/** The DNS Service's address: the tenth of the range, as K3s and kubeadm have it. */
export const dnsAddress = ({ services }: Pick<LabSettings, 'services'>): string => addressIn(services, 10);

/** The DNS Service's address of every family. */
export const dnsAddresses = (settings: Pick<LabSettings, 'services' | 'families'>): string[] => [
  dnsAddress(settings),
  ...(settings.families === 'dual' ? [DNS_IPV6] : []),
];

/** A range as people write it, `10.244/16` among them, as `10.244.0.0/16`; undefined where it is none. */
export function readRange(text: string, { from, to }: { from: number; to: number }): string | undefined {
  const [, written = '', bits = ''] = /^(\d+(?:\.\d+){0,3})\/(\d+)$/.exec(text) ?? [];
  const address = [...written.split('.'), '0', '0', '0'].slice(0, 4).join('.');
  const prefix = Number(bits);
  if (!ipaddr.IPv4.isValid(address) || prefix < from || prefix > to) return undefined;
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`).toString();
  return network === address ? `${network}/${prefix}` : undefined;
}

/** The two ranges of `PODS+SERVICES`. */
export function readRanges(text: string): Pick<LabSettings, 'pods' | 'services'> | undefined {
  const [one = '', other = '', ...more] = text.split('+');
  const pods = readRange(one.trim(), POD_PREFIX);
  const services = readRange(other.trim(), SERVICE_PREFIX);
  return pods && services && more.length === 0 ? { pods, services } : undefined;
}

/** What of the ranges cannot be together in one lab. */
export function rangesProblem({ pods, services }: Pick<LabSettings, 'pods' | 'services'>): string | undefined {
  if (overlap(pods, services)) return `pods' range ${pods} and Services' range ${services} have addresses in common`;
  const range = [pods, services].find((each) => overlap(each, FABRIC_RANGE));
  return range && `${range} has addresses of the nodes' network ${FABRIC_RANGE}`;
}
