import { z } from 'zod';
import { FIELDS, type Field } from '../../../model/firewall-fields.ts';
import type { Part, Selector, Value } from '../../../model/firewall.ts';

// Expressions of libnftables-json(5). Each is a plain value, or an object with one keyword. What is not known here is
// undefined.

/** The keyword and the body of an expression or a statement. */
export function keyword(expression: unknown): [name: string, body: unknown] | undefined {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression)) return undefined;
  const entries = Object.entries(expression);
  return entries.length === 1 ? entries[0] : undefined;
}

const FIELD_NAMES: ReadonlySet<string> = new Set(FIELDS);
const isField = (name: string): name is Field => FIELD_NAMES.has(name);

const payloadSchema = z.object({ protocol: z.string(), field: z.string() });
const metaSchema = z.object({ key: z.string() });
const ctSchema = z.object({ key: z.string(), dir: z.string().optional() });
const fibSchema = z.object({ result: z.string(), flags: z.union([z.string(), z.array(z.string())]) });
const numgenSchema = z.object({ mode: z.string(), mod: z.number(), offset: z.literal(0).default(0) });
const exthdrSchema = z.object({ name: z.string(), field: z.string() });

/** How a field is called in words; undefined for a body of another shape. */
const NAMES: Record<string, (body: unknown) => string | undefined> = {
  payload: (body) => {
    const { data } = payloadSchema.safeParse(body);
    return data && `${data.protocol} ${data.field}`;
  },
  meta: (body) => {
    const { data } = metaSchema.safeParse(body);
    return data && `meta ${data.key}`;
  },
  ct: (body) => {
    const { data } = ctSchema.safeParse(body);
    // Older versions say the family within the key: `ip daddr`.
    return data && `ct ${data.dir === undefined ? '' : `${data.dir} `}${data.key.replace(/^ip6? /, '')}`;
  },
  fib: (body) => {
    const { data } = fibSchema.safeParse(body);
    return data && `fib ${[data.flags].flat().join(' . ')} ${data.result === 'check' ? 'oif' : data.result}`;
  },
  numgen: (body) => {
    const { data } = numgenSchema.safeParse(body);
    return data && `numgen ${data.mode}`;
  },
  exthdr: (body) => {
    const { data } = exthdrSchema.safeParse(body);
    return data && `${data.name} ${data.field}`;
  },
};

/** The words of a field, whether or not the model knows it. */
export function fieldName(expression: unknown): string | undefined {
  const [name, body] = keyword(expression) ?? [];
  return name === undefined ? undefined : NAMES[name]?.(body);
}

/** Bits of the TCP header's flags, as tcp(7)'s sources number them. */
export const TCP_FLAGS: Record<string, number> = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ecn: 64,
  cwr: 128,
};

/** A number, or the sum of flags that have names. */
export function bitsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return TCP_FLAGS[value];
  const [name, body] = keyword(value) ?? [];
  const list = Array.isArray(value) ? value : name === '|' && Array.isArray(body) ? body : undefined;
  const bits = list?.map(bitsOf);
  return bits?.every((bit) => bit !== undefined) ? bits.reduce((sum, bit) => sum | bit, 0) : undefined;
}

function selectorOf(expression: unknown): Selector | undefined {
  const [name, body] = keyword(expression) ?? [];
  if (name === '&' && Array.isArray(body)) {
    const [inner, mask] = [selectorOf(body[0]), bitsOf(body[1])];
    return inner && inner.mask === undefined && mask !== undefined ? { ...inner, mask } : undefined;
  }
  const field = fieldName(expression);
  if (field === undefined || !isField(field)) return undefined;
  return name === 'numgen' ? { field, mod: numgenSchema.parse(body).mod } : { field };
}

/** One field, or those of a concatenation. */
export function selectorsOf(expression: unknown): Selector[] | undefined {
  const [name, body] = keyword(expression) ?? [];
  const all = name === 'concat' && Array.isArray(body) ? body.map(selectorOf) : [selectorOf(expression)];
  return all.every((each) => each !== undefined) ? all : undefined;
}

const prefixSchema = z.object({ addr: z.string(), len: z.number() });
const endSchema = z.union([z.string(), z.number()]);
const rangeSchema = z.tuple([endSchema, endSchema]);

function partOf(expression: unknown): Part | undefined {
  if (typeof expression === 'string') return expression.startsWith('@') ? undefined : expression;
  if (typeof expression === 'number' || typeof expression === 'boolean') return expression;
  const [name, body] = keyword(expression) ?? [];
  if (name === 'prefix') {
    const { data } = prefixSchema.safeParse(body);
    return data && `${data.addr}/${data.len}`;
  }
  if (name !== 'range') return undefined;
  const { data } = rangeSchema.safeParse(body);
  return data && { from: data[0], to: data[1] };
}

const elementSchema = z.object({ val: z.unknown().optional(), comment: z.string().optional() });

/** A value, or the parts of a concatenation; of an element of a set, its value. */
export function valueOf(expression: unknown): Value | undefined {
  const [name, body] = keyword(expression) ?? [];
  if (name === 'elem') {
    const { data } = elementSchema.safeParse(body);
    return data && valueOf(data.val);
  }
  if (name !== 'concat' || !Array.isArray(body)) return partOf(expression);
  const parts = body.map(partOf);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

export const commentOf = (expression: unknown): string | undefined => {
  const [name, body] = keyword(expression) ?? [];
  return name === 'elem' ? elementSchema.safeParse(body).data?.comment : undefined;
};
