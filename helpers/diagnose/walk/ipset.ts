import type { NamedSet, Selector } from '../../model/firewall.ts';
import type { Field } from '../../model/firewall-fields.ts';
import type { Family } from './packet.ts';

const sided = (side: 'src' | 'dst', source: Field, destination: Field): Field =>
  side === 'src' ? source : destination;

/** What one part of a set's type looks at in a packet; undefined where the model has no word for it. */
function fieldOf(part: string, side: 'src' | 'dst', family: Family): Field | undefined {
  switch (part) {
    case 'ip':
    case 'net':
      return family === 'ipv4' ? sided(side, 'ip saddr', 'ip daddr') : sided(side, 'ip6 saddr', 'ip6 daddr');
    case 'proto':
      return 'meta l4proto';
    case 'port':
      return sided(side, 'th sport', 'th dport');
    case 'iface':
      return sided(side, 'meta iifname', 'meta oifname');
    default:
      return undefined;
  }
}

/**
 * What a match of an ipset(8) looks at: the sides are given by the rule, the parts by the set's type, in which a port
 * has its protocol before it (`readIpsets` makes it a part of its own).
 */
export function ipsetSelectors(
  { type, family }: NamedSet,
  sides: readonly ('src' | 'dst')[],
  packet: Family,
): Selector[] | 'other-family' | undefined {
  const hasAddress = type.some((part) => part === 'ip' || part === 'net');
  if (hasAddress && (family === 'ip6') !== (packet === 'ipv6')) return 'other-family';
  const fields: (Field | undefined)[] = [];
  let at = 0;
  for (const part of type) {
    const side = sides[at];
    if (side === undefined) return undefined;
    fields.push(fieldOf(part, side, packet));
    if (part !== 'proto') at += 1;
  }
  return fields.every((field) => field !== undefined) ? fields.map((field) => ({ field })) : undefined;
}
