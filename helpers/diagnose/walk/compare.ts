import type { Field } from '../../model/firewall-fields.ts';
import type { NamedSet, Part, Selector, Value } from '../../model/firewall.ts';
import { RARE_NUMBERS_SHARE } from '../../model/thresholds.ts';
import { isBetween, isIn, numberOf } from './address.ts';
import type { Reading } from './fields.ts';
import { icmpNumber, protocolNumber } from './names.ts';

// Whether what a packet has is what a rule asks for: true, false, or undefined where that cannot be told.

export type Holds = boolean | undefined;

const PROTOCOL_FIELDS = new Set<Field>([
  'ip protocol',
  'ip6 nexthdr',
  'meta l4proto',
  'ct protocol',
  'ct original protocol',
]);
const DEVICE_FIELDS = new Set<Field>([
  'meta iif',
  'meta oif',
  'meta iifname',
  'meta oifname',
  'physdev in',
  'physdev out',
]);

/** A value as the number by which it is compared; undefined for a name that is not known. */
function numberFor(field: Field, text: string | number): number | undefined {
  if (PROTOCOL_FIELDS.has(field)) return protocolNumber(text);
  if (field === 'icmp type' || field === 'icmpv6 type') return icmpNumber(field === 'icmpv6 type', text);
  if (typeof text === 'number') return text;
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}

const isDevice = (pattern: string, device: string): boolean =>
  pattern.endsWith('*') ? device.startsWith(pattern.slice(0, -1)) : pattern === device;

const isAddress = (field: Field): boolean => /(saddr|daddr)$/.test(field) && !field.startsWith('ether');

function partHolds(field: Field, part: Part, own: string | number | boolean): Holds {
  if (part === '*') return true;
  if (typeof own === 'boolean' || typeof part === 'boolean') return own === part;
  if (typeof part === 'object') {
    if (isAddress(field)) return isBetween(String(own), String(part.from), String(part.to));
    const [value, from, to] = [own, part.from, part.to].map((each) => numberFor(field, each));
    return value === undefined || from === undefined || to === undefined ? undefined : from <= value && value <= to;
  }
  if (isAddress(field)) return isIn(String(own), String(part));
  if (DEVICE_FIELDS.has(field)) return isDevice(String(part), String(own));
  if (typeof own === 'string' && typeof part === 'string' && !PROTOCOL_FIELDS.has(field)) return own === part;
  const [value, asked] = [numberFor(field, own), numberFor(field, part)];
  return value === undefined || asked === undefined ? undefined : value === asked;
}

/** Whether all, or none, of some numbers are what is asked for. */
function withinHolds(field: Field, part: Part, { from, to }: { from: number; to: number }): Holds {
  const [low, high] = (typeof part === 'object' ? [part.from, part.to] : [part, part]).map((each) =>
    typeof each === 'boolean' ? undefined : numberFor(field, each),
  );
  if (low === undefined || high === undefined) return undefined;
  const common = Math.min(to, high) - Math.max(from, low) + 1;
  return common > to - from ? true : common < RARE_NUMBERS_SHARE * (to - from + 1) ? false : undefined;
}

function readingHolds(field: Field, part: Part, reading: Reading): Holds {
  if (part === '*') return true;
  if (reading.kind === 'names') return typeof part === 'string' ? reading.names.includes(part) : undefined;
  if (reading.kind === 'within') return withinHolds(field, part, reading);
  return reading.kind === 'value' ? partHolds(field, part, reading.value) : undefined;
}

/** Whether any of some values is what was read. */
export function anyOf(all: Holds[]): Holds {
  return all.includes(true) ? true : all.includes(undefined) ? undefined : false;
}
export const allOf = (all: Holds[]): Holds =>
  all.includes(false) ? false : all.includes(undefined) ? undefined : true;

/** One value of a match or a set against what was read, a part a selector. */
export function valueHolds(of: readonly Selector[], value: Value, readings: readonly Reading[]): Holds {
  if (value === '*') return true;
  if (!Array.isArray(value)) {
    const [selector, reading] = [of[0], readings[0]];
    return of.length === 1 && selector && reading ? readingHolds(selector.field, value, reading) : undefined;
  }
  if (value.length !== of.length) return undefined;
  return allOf(
    value.map((part, at) => {
      const [selector, reading] = [of[at], readings[at]];
      return selector && reading ? readingHolds(selector.field, part, reading) : undefined;
    }),
  );
}

/** The element of a set that takes what was read; `open` where that cannot be told. */
export function elementOf(
  { elements, dynamic }: Pick<NamedSet, 'elements' | 'dynamic'>,
  of: readonly Selector[],
  readings: readonly Reading[],
): NamedSet['elements'][number] | 'open' | undefined {
  // An element for all others counts last.
  const sorted = elements.some(({ value }) => value === '*')
    ? elements.toSorted((a, b) => Number(a.value === '*') - Number(b.value === '*'))
    : elements;
  const quick = numberOfReading(readings);
  for (const element of sorted) {
    if (quick !== undefined && isOther(element.value, quick)) continue;
    const holds = valueHolds(of, element.value, readings);
    if (holds === true) return element;
    if (holds === undefined) return 'open';
  }
  return dynamic ? 'open' : undefined;
}

/** Sets of addresses have thousands of elements: plain ones are told apart as numbers. */
const numberOfReading = ([reading, ...more]: readonly Reading[]): bigint | undefined =>
  more.length === 0 && reading?.kind === 'value' && typeof reading.value === 'string'
    ? numberOf(reading.value)
    : undefined;

const isOther = (value: Value, quick: bigint): boolean => {
  if (typeof value !== 'string' || value.includes('/') || value === '*') return false;
  const number = numberOf(value);
  return number !== undefined && number !== quick;
};
