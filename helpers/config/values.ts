import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** What a variable's value must look like, in words that finish "expected …". */
type Expected = string;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Four decimal parts, or IPv6: the short forms that inet_aton takes (`10.1`) are typing errors here. */
export const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** A DNS name. What consists of digits and dots alone is a malformed address, not a name. */
export const isDnsName = (text: string): boolean =>
  text.length <= 253 &&
  !/^[\d.]+$/.test(text) &&
  text
    .replace(/\.$/, '')
    .split('.')
    .every((label) => DNS_LABEL.test(label));

/** Kubernetes names of namespaces and Services. */
export const isObjectName = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

/** A whole number of decimal digits within bounds, else undefined. */
export function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `1h` as milliseconds; undefined for anything else, and for what is longer than a day. */
export function durationMs(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const value = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  return value > 0 && value <= 24 * 3_600_000 ? value : undefined;
}

export const portNumber = (text: string): number | undefined => wholeNumber(text, 1, 65_535);

/**
 * A zod type from a reader of text: what the reader answers with undefined is refused with the expectation as the
 * message.
 */
export function textOf<T>(expected: Expected, read: (value: string) => T | undefined) {
  return z.string().transform((value, context): T => {
    const result = read(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A comma-separated list; one bad item refuses the whole and is named. */
export function list<T>(expected: Expected, readItem: (item: string) => T | undefined) {
  return z.string().transform((value, context): T[] => {
    const items = value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean);
    const read = items.flatMap((item) => readItem(item) ?? []);
    const bad = items.filter((item) => readItem(item) === undefined).map((item) => `"${item}"`);
    if (bad.length > 0 || items.length === 0) {
      context.addIssue({
        code: 'custom',
        message: bad.length > 0 ? `${expected}; not so: ${bad.join(', ')}` : expected,
      });
      return z.NEVER;
    }
    return read;
  });
}

export const port = () => textOf('a port number from 1 to 65535', portNumber);
export const addressOrName = () =>
  textOf('an IP address or a DNS name', (value) => (isAddress(value) || isDnsName(value) ? value : undefined));
export const duration = () => textOf('a time as 90s, 10m or 1h', durationMs);
export const anyText = () => textOf('a text', (value) => value);
