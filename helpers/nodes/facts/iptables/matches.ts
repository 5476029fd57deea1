import type { Field } from '../../../model/firewall-fields.ts';
import type { Match, Part, Value } from '../../../model/firewall.ts';
import { TCP_FLAGS } from '../nft/expressions.ts';
import type { Option } from './words.ts';

// Options of iptables-extensions(8) that ask something of a packet.

export interface RuleContext {
  family: 'ip' | 'ip6';
  /** As the rule has named it so far. */
  protocol?: string;
}

const is = (field: Field, { not }: Option, values: Value[], mask?: number): Match => ({
  kind: 'is',
  of: [mask === undefined ? { field } : { field, mask }],
  ...(not && { not: true }),
  values,
});

/** `1:5`, `1-5` or `7`. */
function numbers(text: string, between: ':' | '-'): Part | undefined {
  const [from = '', to] = text.split(between);
  const ends = [from === '' ? '0' : from, to === '' ? '65535' : (to ?? from)].map(Number);
  const [first, last] = ends;
  if (first === undefined || last === undefined || ends.some((end) => !Number.isInteger(end))) return undefined;
  return to === undefined ? first : { from: first, to: last };
}

const every = <T>(list: (T | undefined)[]): T[] | undefined =>
  list.length > 0 && list.every((each) => each !== undefined) ? list : undefined;

type Reader = (option: Option, context: RuleContext) => Match | undefined;

const one =
  (field: Field, convert: (text: string) => Value | undefined = (text) => text): Reader =>
  (option) => {
    const value = option.values.length === 1 ? convert(option.values[0] ?? '') : undefined;
    return value === undefined ? undefined : is(field, option, [value]);
  };

const listed =
  (field: Field): Reader =>
  (option) =>
    option.values.length === 1
      ? is(
          field,
          option,
          (option.values[0] ?? '').split(',').map((name) => name.toLowerCase()),
        )
      : undefined;

/** Only a mask that is a prefix is said with a slash and a number. */
const address =
  (side: 'saddr' | 'daddr'): Reader =>
  (option, { family }) => {
    const text = option.values.length === 1 ? (option.values[0] ?? '') : '';
    if (!/^[\da-f.:]+(\/\d+)?$/i.test(text)) return undefined;
    return is(`${family} ${side}`, option, [text.replace(family === 'ip' ? /\/32$/ : /\/128$/, '')]);
  };

const addressRange =
  (side: 'saddr' | 'daddr'): Reader =>
  (option, { family }) => {
    const [from, to] = (option.values[0] ?? '').split('-');
    return from && to ? is(`${family} ${side}`, option, [{ from, to }]) : undefined;
  };

/** A `+` at the end stands for every name that begins so. */
const device = (text: string): string => text.replace(/\+$/, '*');

const PORTS: Record<string, Record<'sport' | 'dport', Field>> = {
  tcp: { sport: 'tcp sport', dport: 'tcp dport' },
  udp: { sport: 'udp sport', dport: 'udp dport' },
  sctp: { sport: 'sctp sport', dport: 'sctp dport' },
};

const ports =
  (side: 'sport' | 'dport'): Reader =>
  (option, { protocol = '' }) => {
    const values = every((option.values[0] ?? '').split(',').map((text) => numbers(text, ':')));
    const field = PORTS[protocol]?.[side];
    return field && values ? is(field, option, values) : undefined;
  };

const flagBits = (names: string | undefined): number | undefined =>
  names === 'NONE'
    ? 0
    : names === 'ALL'
      ? 0x3f
      : every((names ?? '').split(',').map((name) => TCP_FLAGS[name.toLowerCase()]))?.reduce((sum, bit) => sum | bit);

const tcpFlags: Reader = (option) => {
  const [mask, set] = option.values.map(flagBits);
  return mask !== undefined && set !== undefined && option.values.length === 2
    ? is('tcp flags', option, [set], mask)
    : undefined;
};

/** `0x4000/0x4000`, or the whole mark. */
const mark: Reader = (option) => {
  const [value, mask] = (option.values[0] ?? '').split('/').map(Number);
  const field = option.module === 'connmark' ? 'ct mark' : 'meta mark';
  if (value === undefined || Number.isNaN(value) || Number.isNaN(mask)) return undefined;
  return is(field, option, [value], mask);
};

/** What a side is taken of (an address, a port, a device), only the type of the set says. */
const SIDES = ['src', 'dst'] as const;

const set: Reader = ({ values: [name, sides], not, ...option }) => {
  const read = every((sides ?? '').split(',').map((side) => SIDES.find((known) => known === side)));
  if (name === undefined || !read || option.module !== 'set') return undefined;
  return { kind: 'in-ipset', set: name, sides: read, ...(not && { not: true }) };
};

const flag =
  (field: Field): Reader =>
  (option) =>
    is(field, option, [true]);

const number = (text: string): Part | undefined => numbers(text, ':');
/** `8`, or a type with its code: `3/4`. */
const icmp =
  (type: Field, code: Field): Reader =>
  (option) => {
    const [first, second] = (option.values[0] ?? '').split('/');
    if (!/^\d+(\/\d+)?$/.test(option.values[0] ?? '') || option.values.length !== 1) return undefined;
    if (second === undefined) return is(type, option, [Number(first)]);
    const of = [{ field: type }, { field: code }];
    return { kind: 'is', of, ...(option.not && { not: true }), values: [[Number(first), Number(second)]] };
  };

/** All fragments but the first have an offset. */
const fragment: Reader = ({ not }) => ({
  kind: 'is',
  of: [{ field: 'ip frag-off', mask: 0x1fff }],
  ...(!not && { not: true }),
  values: [0],
});

/** By option, for those that have one meaning whichever module they belong to. */
export const MATCHES: Record<string, Reader> = {
  '-s': address('saddr'),
  '-d': address('daddr'),
  '--src-range': addressRange('saddr'),
  '--dst-range': addressRange('daddr'),
  '-i': one('meta iifname', device),
  '-o': one('meta oifname', device),
  '-p': one('meta l4proto', (name) => name.toLowerCase()),
  '--sport': ports('sport'),
  '--sports': ports('sport'),
  '--dport': ports('dport'),
  '--dports': ports('dport'),
  '--tcp-flags': tcpFlags,
  '-f': fragment,
  '--icmp-type': icmp('icmp type', 'icmp code'),
  '--icmpv6-type': icmp('icmpv6 type', 'icmpv6 code'),
  '--ctstate': listed('ct state'),
  '--state': listed('ct state'),
  '--ctstatus': listed('ct status'),
  '--ctdir': listed('ct direction'),
  '--ctproto': one('ct protocol'),
  '--ctorigsrc': one('ct original saddr'),
  '--ctorigdst': one('ct original daddr'),
  '--ctreplsrc': one('ct reply saddr'),
  '--ctrepldst': one('ct reply daddr'),
  '--ctorigsrcport': one('ct original proto-src', number),
  '--ctorigdstport': one('ct original proto-dst', number),
  '--mark': mark,
  '--src-type': listed('fib saddr type'),
  '--dst-type': listed('fib daddr type'),
  '--physdev-in': one('physdev in', device),
  '--physdev-out': one('physdev out', device),
  '--physdev-is-bridged': flag('physdev is-bridged'),
  '--physdev-is-in': flag('physdev is-in'),
  '--physdev-is-out': flag('physdev is-out'),
  '--match-set': set,
  '--uid-owner': one('meta skuid', (text) => numbers(text, '-')),
  '--gid-owner': one('meta skgid', (text) => numbers(text, '-')),
  '--length': one('meta length', number),
  '--pkt-type': listed('meta pkttype'),
  '--ttl-eq': one('ip ttl', number),
  '--hl-eq': one('ip6 hoplimit', number),
  '--rt-type': one('rt type', number),
  '--mac-source': one('ether saddr', (text) => text.toLowerCase()),
  '--helper': one('ct helper'),
};
