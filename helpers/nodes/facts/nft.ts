import { z } from 'zod';
import { HOOKS, type Chain, type Match, type NamedSet, type Rule, type Ruleset } from '../../model/firewall.ts';
import { shaped } from './json.ts';
import { commentOf, keyword, valueOf } from './nft/expressions.ts';
import { readMatch } from './nft/match.ts';
import { readPlainVerdict, readStatement, readVerdict } from './nft/statement.ts';
import { statementWords } from './nft/words.ts';

const family = z.enum(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);
const place = { family, table: z.string() };
const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const tableSchema = z.object({ family, name: z.string(), flags: names.default([]) });
const chainSchema = z.object({
  ...place,
  name: z.string(),
  type: z.string().optional(),
  hook: z.enum(HOOKS).optional(),
  prio: z.number().optional(),
  policy: z.enum(['accept', 'drop']).optional(),
  dev: names.optional(),
});
const ruleSchema = z.object({
  ...place,
  chain: z.string(),
  handle: z.number().optional(),
  comment: z.string().optional(),
  expr: z.array(z.unknown()).default([]),
});
const setSchema = z.object({
  ...place,
  name: z.string(),
  type: names.catch(['unknown']),
  map: z.string().optional(),
  flags: names.default([]),
  elem: z.array(z.unknown()).default([]),
});
const counterSchema = z.object({ packets: z.number(), bytes: z.number() });
/** `nft -j list ruleset`: one object a keyword, in an order in which what is used comes first. */
const rulesetSchema = z.object({ nftables: z.array(z.record(z.string(), z.unknown())).default([]) });

/** Statements that depend on the packets before; they let a packet on, or end the rule. */
const RATES = new Set(['limit', 'quota', 'ct count', 'meter']);

/** Matches of one statement: none for one that always holds. */
function matchesOf(statement: unknown): Match[] {
  const [name, body] = keyword(statement) ?? [];
  const text = statementWords(statement);
  if (name === 'match') return [readMatch(body) ?? { kind: 'unknown', text }];
  if (name !== undefined && RATES.has(name)) return [{ kind: 'rate', text }];
  if (name === 'set') {
    const { data } = z.object({ stmt: z.array(z.unknown()) }).safeParse(body);
    return data ? data.stmt.flatMap(matchesOf) : [];
  }
  // What iptables' own modules ask for does not show here; iptables-save says it.
  const { data } = z.object({ type: z.literal('match'), name: z.string() }).safeParse(name === 'xt' ? body : undefined);
  return data && data.name !== 'comment' ? [{ kind: 'unknown', text }] : [];
}

const isComment = (statement: unknown): boolean => {
  const [name, body] = keyword(statement) ?? [];
  return name === 'xt' && z.object({ type: z.literal('match') }).safeParse(body).success;
};

/** A match that looks at what a statement before it has changed is not known. */
const CHANGES = new Set(['mark', 'notrack', 'zone', 'unknown']);

function readRule({ expr, ...rule }: z.infer<typeof ruleSchema>): Rule {
  const read: Rule = {
    ...rule,
    matches: [],
    statements: [],
    text: expr
      .filter((statement) => !counterSchema.safeParse(keyword(statement)?.[1]).success)
      .map(statementWords)
      .join(' '),
  };
  for (const statement of expr) {
    const [name, body] = keyword(statement) ?? [];
    const counter = name === 'counter' ? counterSchema.safeParse(body).data : undefined;
    const matches = matchesOf(statement);
    if (matches.length > 0) {
      // A counter before a match counts more than the rule takes.
      read.counter = undefined;
      const changed = read.statements.some(({ kind }) => CHANGES.has(kind));
      read.matches.push(...matches, ...(changed ? [{ kind: 'unknown' as const, text: 'a match after a change' }] : []));
    }
    if (counter) read.counter = counter;
    else if (name !== 'match' && name !== undefined && !RATES.has(name) && !isComment(statement)) {
      const isTarget = name === 'xt';
      const verdict = isTarget ? { kind: 'unknown' as const, text: statementWords(statement) } : readVerdict(statement);
      if (verdict) read.verdict = verdict;
      else read.statements.push(readStatement(statement));
    }
  }
  return read;
}

const chainOf = ({ prio, dev, ...chain }: z.infer<typeof chainSchema>): Chain => ({
  ...chain,
  priority: prio,
  devices: dev,
});

function setOf({ flags, elem, ...set }: z.infer<typeof setSchema>): NamedSet {
  const elements = elem.flatMap((each): NamedSet['elements'] => {
    const [key, then] = Array.isArray(each) ? each : [each, undefined];
    const value = valueOf(key);
    if (value === undefined) return [];
    const verdict = readPlainVerdict(then);
    return [
      { value, verdict, data: verdict || then === undefined ? undefined : valueOf(then), comment: commentOf(key) },
    ];
  });
  // A value that has no word here is missing from the list: the list is then as open as one that rules change.
  const open = flags.some((flag) => flag === 'dynamic' || flag === 'timeout') || elements.length < elem.length;
  return { ...set, ...(open && { dynamic: true }), elements };
}

/**
 * The ruleset of `nft -j list ruleset`, in the shapes of libnftables-json(5). What is not known in a rule is kept with
 * its words; a whole object of another shape throws. Tables that are switched off (`dormant`) are left out.
 */
export function readNftRuleset(printed: unknown): Ruleset {
  const objects = shaped(rulesetSchema, printed).nftables;
  const all = <T>(name: string, schema: z.ZodType<T>): T[] =>
    objects.flatMap((object) => (name in object ? [shaped(schema, object[name])] : []));
  const asleep = all('table', tableSchema).filter(({ flags }) => flags.includes('dormant'));
  const isAwake = (of: { family: string; table: string }): boolean =>
    !asleep.some((table) => table.family === of.family && table.name === of.table);
  return {
    program: 'nft',
    chains: all('chain', chainSchema).filter(isAwake).map(chainOf),
    rules: all('rule', ruleSchema).filter(isAwake).map(readRule),
    sets: [...all('set', setSchema), ...all('map', setSchema)].filter(isAwake).map(setOf),
  };
}
