import ipaddr from 'ipaddr.js';
import type { Field } from '../../model/firewall-fields.ts';
import type { Match, NamedSet, Part, Value } from '../../model/firewall.ts';
import { inRange } from '../evidence/ranges.ts';

/** Packets of one sort: what is left out may be anything that such packets have. */
export interface PacketSort {
  protocol?: 'tcp' | 'udp';
  /** Destination port. */
  port?: number;
  source?: string;
  destination?: string;
}

/** Whether a rule takes all packets of a sort, none, or some of them as far as can be told. */
export type Takes = 'all' | 'some' | 'none';

const isV6 = (address: string): boolean => address.includes(':');

/** What a field of the packets has; undefined where the sort leaves it open. */
function valueOf(field: Field, { protocol, port, source, destination }: PacketSort): string | number | undefined {
  switch (field) {
    case 'meta l4proto':
    case 'ip protocol':
    case 'ip6 nexthdr':
      return protocol;
    case 'tcp dport':
    case 'udp dport':
    case 'th dport':
      return port;
    case 'ip saddr':
    case 'ip6 saddr':
      return source;
    case 'ip daddr':
    case 'ip6 daddr':
      return destination;
    default:
      return undefined;
  }
}

/** Whether an address lies between two others of its family, both included. */
function isBetween(address: string, from: string, to: string): boolean {
  if (![address, from, to].every((each) => ipaddr.isValid(each))) return false;
  const [low = [], own = [], high = []] = [from, address, to].map((each) => ipaddr.parse(each).toByteArray());
  const compare = (a: number[], b: number[]): number => {
    const at = a.findIndex((byte, index) => byte !== b[index]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  };
  return low.length === own.length && own.length === high.length && compare(low, own) <= 0 && compare(own, high) <= 0;
}

/** Whether one value of a match is, or holds, what a packet has. */
export function includes(part: Part, value: string | number): boolean {
  if (typeof part === 'object') {
    if (typeof value === 'number') return Number(part.from) <= value && value <= Number(part.to);
    return isBetween(value, String(part.from), String(part.to));
  }
  if (typeof value === 'number' || typeof part !== 'string') return part === value;
  return part === value || inRange(value, part);
}

/** Fields that only packets of one protocol have: a match on one asks for the protocol as well. */
const PROTOCOLS: Partial<Record<Field, string>> = {
  'tcp sport': 'tcp',
  'tcp dport': 'tcp',
  'tcp flags': 'tcp',
  'udp sport': 'udp',
  'udp dport': 'udp',
  'udp length': 'udp',
  'sctp sport': 'sctp',
  'sctp dport': 'sctp',
  'icmp type': 'icmp',
  'icmp code': 'icmp',
  'icmpv6 type': 'ipv6-icmp',
  'icmpv6 code': 'ipv6-icmp',
};

/** Whether the packets have such a field at all: an address of the other family, a port of another protocol, do not. */
function lacks(field: Field, { protocol, source, destination }: PacketSort): boolean {
  const own = PROTOCOLS[field];
  if (own !== undefined && protocol !== undefined && own !== protocol) return true;
  const address = source ?? destination;
  return address !== undefined && /^ip6? .addr$/.test(field) && field.startsWith('ip6') !== isV6(address);
}

const singles = (values: Value[]): Part[] | undefined => {
  const parts = values.flatMap((value) => (Array.isArray(value) ? [] : [value]));
  return parts.length === values.length ? parts : undefined;
};

/** Devices, families and addresses: packets of a sort come by any of them unless it names one. */
const WAYS = new Set<Field>(['meta iif', 'meta oif', 'meta iifname', 'meta oifname', 'meta nfproto', 'meta protocol']);
const ADDRESSES = new Set<Field>(['ip saddr', 'ip daddr', 'ip6 saddr', 'ip6 daddr', 'ip version']);

/** Values of a set that has a name; undefined where rules change it or it was not read. */
export type SetValues = (name: string) => Value[] | undefined;

function valuesOf(match: Extract<Match, { kind: 'is' | 'in-set' }>, sets: SetValues): Value[] | undefined {
  return match.kind === 'is' ? match.values : sets(match.set);
}

/** Which packets of a sort a match takes. */
export function matchTakes(match: Match, sort: PacketSort, sets: SetValues): Takes {
  if (match.kind !== 'is' && match.kind !== 'in-set') return 'some';
  const [selector, ...more] = match.of;
  if (!selector || more.length > 0 || selector.mask !== undefined || selector.mod !== undefined) return 'some';
  const { field } = selector;
  if (lacks(field, sort)) return 'none';
  const value = valueOf(field, sort);
  const values = valuesOf(match, sets);
  const parts = values && singles(values);
  if (value !== undefined) {
    if (!parts) return 'some';
    return parts.some((part) => includes(part, value)) === (match.not === true) ? 'none' : 'all';
  }
  // Packets come in and go out by every device; an exception may leave out just those that are meant.
  if (WAYS.has(field)) return 'all';
  return ADDRESSES.has(field) && parts && match.not !== true ? 'all' : 'some';
}

/** Which packets of a sort all of some matches take together. */
export function takes(matches: readonly Match[], sort: PacketSort, sets: SetValues): Takes {
  const each = matches.map((match) => matchTakes(match, sort, sets));
  return each.includes('none') ? 'none' : each.includes('some') ? 'some' : 'all';
}

/** The named sets of a table, by name. */
export const setValues =
  (sets: readonly NamedSet[]): SetValues =>
  (name) => {
    const set = sets.find((each) => each.name === name);
    return set && !set.dynamic ? set.elements.map(({ value }) => value) : undefined;
  };
