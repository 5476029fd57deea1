import { z } from 'zod';
import type { NatTarget, PlainVerdict, Statement, Verdict } from '../../../model/firewall.ts';
import { fieldName, keyword, selectorsOf, valueOf } from './expressions.ts';
import { statementWords } from './words.ts';

// What a rule does with a packet that it takes.

const targetSchema = z.object({ target: z.string() });
const rejectSchema = z.object({ type: z.string().optional(), expr: z.string().optional() });

/** A verdict that may stand in a map as well; undefined for any other statement. */
export function readPlainVerdict(statement: unknown): PlainVerdict | undefined {
  const [name, body] = keyword(statement) ?? [];
  switch (name) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'queue':
      return { kind: name };
    case 'reject': {
      const { type, expr } = rejectSchema.safeParse(body ?? {}).data ?? {};
      const words = [type, expr].filter((word) => word !== undefined).join(' ');
      return { kind: 'reject', ...(words !== '' && { with: words }) };
    }
    case 'jump':
    case 'goto': {
      const { data } = targetSchema.safeParse(body);
      return data && { kind: name, chain: data.target };
    }
    default:
      return undefined;
  }
}

const mapSchema = z.object({ key: z.unknown(), data: z.unknown() });

function readVerdictMap(body: unknown): Verdict | undefined {
  const { data } = mapSchema.safeParse(body);
  const of = data && selectorsOf(data.key);
  if (!of) return undefined;
  if (typeof data.data === 'string') return { kind: 'map', of, set: data.data.replace(/^@/, '') };
  const [name, list] = keyword(data.data) ?? [];
  if (name !== 'set' || !Array.isArray(list)) return undefined;
  const entries = list.map((entry: unknown) => {
    const [key, then] = Array.isArray(entry) ? entry : [];
    const [value, verdict] = [valueOf(key), readPlainVerdict(then)];
    return value !== undefined && verdict ? { value, verdict } : undefined;
  });
  return entries.every((entry) => entry !== undefined) ? { kind: 'map', of, entries } : undefined;
}

const natSchema = z.object({
  addr: z.unknown().optional(),
  port: z.unknown().optional(),
  flags: z.union([z.string(), z.array(z.string())]).optional(),
});

const randomOf = (body: unknown): { random?: true } =>
  [natSchema.safeParse(body ?? {}).data?.flags].flat().some((flag) => flag === 'random' || flag === 'fully-random')
    ? { random: true }
    : {};

/** A map that gives an address, or an address and a port; undefined for what is no map, or not known. */
function readDataMap(expression: unknown): NatTarget['map'] {
  const [name, body] = keyword(expression) ?? [];
  const { data } = mapSchema.safeParse(name === 'map' ? body : undefined);
  const of = data && selectorsOf(data.key);
  if (!of) return undefined;
  if (typeof data.data === 'string') return { of, set: data.data.replace(/^@/, '') };
  const [kind, list] = keyword(data.data) ?? [];
  if (kind !== 'set' || !Array.isArray(list)) return undefined;
  const entries = list.map((entry: unknown) => {
    const [value, then] = Array.isArray(entry) ? entry.map(valueOf) : [];
    return value !== undefined && then !== undefined ? { value, data: then } : undefined;
  });
  return entries.every((entry) => entry !== undefined) ? { of, entries } : undefined;
}

function partOf(expression: unknown) {
  const value = expression === undefined ? undefined : valueOf(expression);
  return Array.isArray(value) ? undefined : value;
}

/** Where it translates to; what is looked up packet by packet is given in words. */
function readNatTarget(body: unknown): NatTarget {
  const { addr, port } = natSchema.safeParse(body ?? {}).data ?? {};
  const [address, to] = [partOf(addr), partOf(port)];
  const open = (addr !== undefined && address === undefined) || (port !== undefined && to === undefined);
  if (!open) return { address, port: to, ...randomOf(body) };
  const map = port === undefined ? readDataMap(addr) : undefined;
  return { lookup: statementWords(addr ?? port), ...(map && { map }), ...randomOf(body) };
}

/** What decides on a packet; undefined for a statement that does not. */
export function readVerdict(statement: unknown): Verdict | undefined {
  const [name, body] = keyword(statement) ?? [];
  switch (name) {
    case 'dnat':
    case 'snat':
      return { kind: name, to: readNatTarget(body) };
    case 'masquerade':
    case 'redirect':
      return { kind: name, port: partOf(natSchema.safeParse(body ?? {}).data?.port), ...randomOf(body) };
    case 'vmap':
      return readVerdictMap(body) ?? { kind: 'unknown', text: statementWords(statement) };
    case 'tproxy':
    case 'synproxy':
    case 'fwd':
      return { kind: 'unknown', text: statementWords(statement) };
    default:
      return readPlainVerdict(statement);
  }
}

const mangleSchema = z.object({ key: z.unknown(), value: z.unknown() });
const isMark = (name: string | undefined): name is 'meta mark' | 'ct mark' =>
  name === 'meta mark' || name === 'ct mark';

interface MarkValue {
  from?: 'meta mark' | 'ct mark';
  and: number;
  xor: number;
}

/** What a mark becomes, as (mark & and) ^ xor; undefined for any other reckoning. */
function markOf(expression: unknown): MarkValue | undefined {
  if (typeof expression === 'number') return { and: 0, xor: expression };
  const field = fieldName(expression);
  if (isMark(field)) return { from: field, and: 0xffffffff, xor: 0 };
  const [op, body] = keyword(expression) ?? [];
  const [inner, bits] = Array.isArray(body) ? [markOf(body[0]), body[1] as unknown] : [];
  if (!inner || typeof bits !== 'number') return undefined;
  if (op === '&') return { ...inner, and: (inner.and & bits) >>> 0, xor: (inner.xor & bits) >>> 0 };
  if (op === '|') return { ...inner, and: (inner.and & ~bits) >>> 0, xor: ((inner.xor & ~bits) | bits) >>> 0 };
  return op === '^' ? { ...inner, xor: (inner.xor ^ bits) >>> 0 } : undefined;
}

/** Nothing that decides on a packet's way looks at these. */
const ASIDE = new Set([
  'meta priority',
  'meta nftrace',
  'ct label',
  'ct helper',
  'ct event',
  'meta secmark',
  'ip dscp',
  'ip6 dscp',
  'ip ecn',
]);
const LIFETIMES = new Set(['ip ttl', 'ip6 hoplimit']);

function readMangle(body: unknown): Statement | undefined {
  const { data } = mangleSchema.safeParse(body);
  if (!data) return undefined;
  const of = fieldName(data.key);
  const value = data.value;
  if (isMark(of)) {
    const mark = markOf(value);
    return mark && { kind: 'mark', of, from: mark.from ?? of, and: mark.and, xor: mark.xor };
  }
  if (of !== undefined && ASIDE.has(of)) return { kind: 'aside', text: statementWords({ mangle: body }) };
  if (of !== undefined && LIFETIMES.has(of) && typeof value === 'number') return { kind: 'ttl', value };
  if (of === 'ct zone' && typeof value === 'number') return { kind: 'zone', zone: value };
  if (statementWords(data.key) !== 'tcp option maxseg size') return undefined;
  if (typeof value === 'number') return { kind: 'mss', size: value };
  return statementWords(value) === 'rt mtu' ? { kind: 'mss', size: 'path' } : undefined;
}

const logSchema = z.object({ prefix: z.string().optional() });
const setSchema = z.object({ op: z.enum(['add', 'update', 'delete']), set: z.string() });

/** What is done besides; never undefined: what is not known is kept with its words. */
export function readStatement(statement: unknown): Statement {
  const [name, body] = keyword(statement) ?? [];
  const unknown = { kind: 'unknown' as const, text: statementWords(statement) };
  switch (name) {
    case 'log':
      return { kind: 'log', prefix: logSchema.safeParse(body ?? {}).data?.prefix };
    case 'notrack':
      return { kind: 'notrack' };
    case 'mangle':
      return readMangle(body) ?? unknown;
    case 'set': {
      const { data } = setSchema.safeParse(body);
      return data ? { kind: 'set', op: data.op, set: data.set.replace(/^@/, '') } : unknown;
    }
    case 'ct helper':
    case 'ct timeout':
    case 'ct expectation':
    // Packets of a connection that passed once go by without the rules; a copy that goes elsewhere; a time stamp.
    case 'flow':
    case 'dup':
    case 'last':
      return { kind: 'aside', text: statementWords(statement) };
    case 'counter':
      return typeof body === 'string' ? { kind: 'count', name: body } : unknown;
    default:
      return unknown;
  }
}
