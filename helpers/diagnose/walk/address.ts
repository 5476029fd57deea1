import ipaddr from 'ipaddr.js';
import type { Family } from './packet.ts';

// Addresses as numbers: a walk compares thousands of them.

export interface Range {
  family: Family;
  from: bigint;
  to: bigint;
}

export const BITS: Record<Family, number> = { ipv4: 32, ipv6: 128 };
export const familyOf = (address: string): Family => (address.includes(':') ? 'ipv6' : 'ipv4');

const numbers = new Map<string, bigint | undefined>();
/** A run has so many different addresses at most; beyond that they are read anew. */
const MOST_KEPT = 50_000;

/** An address as a number; undefined for what is none. */
export function numberOf(address: string): bigint | undefined {
  if (numbers.has(address)) return numbers.get(address);
  const number = ipaddr.isValid(address)
    ? ipaddr
        .parse(address)
        .toByteArray()
        .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    : undefined;
  if (numbers.size < MOST_KEPT) numbers.set(address, number);
  return number;
}

/** A prefix or an address as the range that it stands for. */
export function rangeOf(text: string): (Range & { length: number }) | undefined {
  const [address = '', bits] = text.split('/');
  const number = numberOf(address);
  if (number === undefined) return undefined;
  const family = familyOf(address);
  const length = bits === undefined ? BITS[family] : Number(bits);
  if (!(length >= 0 && length <= BITS[family])) return undefined;
  const rest = (1n << BigInt(BITS[family] - length)) - 1n;
  return { family, from: number & ~rest, to: number | rest, length };
}

/** Whether an address lies in a prefix; undefined where one of them cannot be read. */
export function isIn(address: string, prefix: string): boolean | undefined {
  const [number, range] = [numberOf(address), rangeOf(prefix)];
  if (number === undefined || range === undefined) return undefined;
  return familyOf(address) === range.family && range.from <= number && number <= range.to;
}

/** Whether an address lies between two others, both included. */
export function isBetween(address: string, from: string, to: string): boolean | undefined {
  const [number, low, high] = [address, from, to].map(numberOf);
  if (number === undefined || low === undefined || high === undefined) return undefined;
  return familyOf(address) === familyOf(from) && low <= number && number <= high;
}

/** Addresses from one to another; undefined where there are more than so many. */
export function addressesBetween(from: string, to: string, most: number): string[] | undefined {
  const [low, high] = [numberOf(from), numberOf(to)];
  if (low === undefined || high === undefined || high < low || high - low >= BigInt(most)) return undefined;
  const bytes = BITS[familyOf(from)] / 8;
  return Array.from({ length: Number(high - low) + 1 }, (_, at) => {
    const number = low + BigInt(at);
    const parts = Array.from({ length: bytes }, (__, byte) =>
      Number((number >> BigInt(8 * (bytes - 1 - byte))) & 255n),
    );
    return ipaddr.fromByteArray(parts).toString();
  });
}
