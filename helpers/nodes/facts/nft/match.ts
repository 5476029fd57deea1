import { z } from 'zod';
import type { Match, Selector, Value } from '../../../model/firewall.ts';
import { bitsOf, keyword, selectorsOf, valueOf } from './expressions.ts';

const matchSchema = z.object({ op: z.string(), left: z.unknown(), right: z.unknown() });

/** The greatest number of a field that is compared. */
const GREATEST = 0xffffffff;

/** A comparison of numbers as the range that it leaves. */
function compared(op: string, right: unknown): Value | undefined {
  if (typeof right !== 'number') return undefined;
  if (op === '<') return { from: 0, to: right - 1 };
  if (op === '<=') return { from: 0, to: right };
  if (op === '>') return { from: right + 1, to: GREATEST };
  return op === '>=' ? { from: right, to: GREATEST } : undefined;
}

/** All values that a right side lists. */
function valuesOf(right: unknown): Value[] | undefined {
  const [name, body] = keyword(right) ?? [];
  const values = Array.isArray(right)
    ? right.map(valueOf)
    : name === 'set' && Array.isArray(body)
      ? body.map(valueOf)
      : [valueOf(right)];
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Flags of TCP are bits: a list of names is their sum, and `in` asks whether any of them is set. */
function flagsMatch(op: string, selector: Selector, right: unknown): Match | undefined {
  const [name, body] = keyword(right) ?? [];
  const sets = name === 'set' && Array.isArray(body) ? body.map(bitsOf) : [bitsOf(right)];
  const values = sets.every((bits) => bits !== undefined) ? sets : undefined;
  if (!values) return undefined;
  if (op === 'in' && selector.mask === undefined && values.length === 1)
    return { kind: 'is', of: [{ ...selector, mask: values[0] }], not: true, values: [0] };
  if (op !== '==' && op !== '!=') return undefined;
  return { kind: 'is', of: [selector], ...(op === '!=' && { not: true }), values };
}

/** A match of a rule; undefined where the model has no word for a side of it. */
export function readMatch(body: unknown): Match | undefined {
  const { data } = matchSchema.safeParse(body);
  const of = data && selectorsOf(data.left);
  if (!of) return undefined;
  const { op, right } = data;
  const not = op === '!=' ? { not: true as const } : {};
  if (of[0]?.field === 'tcp flags') return of.length === 1 ? flagsMatch(op, of[0], right) : undefined;
  if (typeof right === 'string' && right.startsWith('@') && (op === '==' || op === '!='))
    return { kind: 'in-set', of, ...not, set: right.slice(1) };
  const range = compared(op, right);
  if (range !== undefined) return { kind: 'is', of, values: [range] };
  // A list that is no set stands for bits; `in` asks for any of them, which is the same as a set of states.
  if (op !== 'in' && (Array.isArray(right) || (op !== '==' && op !== '!='))) return undefined;
  const values = valuesOf(right);
  return values && { kind: 'is', of, ...not, values };
}
