import { z } from 'zod';
import { FIELDS } from './firewall-fields.ts';

// The rules of a node's firewall, of nftables and of iptables alike. What a parser does not know is kept as `unknown`
// with its words: nothing may be concluded from it.

/** A field, or what a mask or a modulus leaves of it. */
const selectorSchema = z.object({
  field: z.enum(FIELDS),
  /** Only these bits are looked at. */
  mask: z.number().optional(),
  /** Only of `numgen`: numbers are below it. */
  mod: z.number().optional(),
});
export type Selector = z.infer<typeof selectorSchema>;

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
const rangeSchema = z.object({ from: z.union([z.string(), z.number()]), to: z.union([z.string(), z.number()]) });
const partSchema = z.union([scalarSchema, rangeSchema]);
export type Part = z.infer<typeof partSchema>;

/**
 * An address (`10.0.0.1`), a prefix (`10.42.0.0/16`), a number, a name (`established`, `eth0`; `eth*` stands for
 * all devices that begin so), a range of any of these, or a list: one part a selector.
 */
const valueSchema = z.union([partSchema, z.array(partSchema)]);
export type Value = z.infer<typeof valueSchema>;

const matchSchema = z.discriminatedUnion('kind', [
  /** The packet has one of the values, or with `not` none of them. */
  z.object({
    kind: z.literal('is'),
    of: z.array(selectorSchema).min(1),
    not: z.literal(true).optional(),
    values: z.array(valueSchema),
  }),
  /** The same with a set that has a name: of the same table in nftables, of ipset(8) in iptables. */
  z.object({
    kind: z.literal('in-set'),
    of: z.array(selectorSchema).min(1),
    not: z.literal(true).optional(),
    set: z.string(),
  }),
  /** A set of ipset(8): which side each part of its type is taken from. */
  z.object({
    kind: z.literal('in-ipset'),
    set: z.string(),
    sides: z.array(z.enum(['src', 'dst'])).min(1),
    not: z.literal(true).optional(),
  }),
  /** Depends on the packets before: limits, quotas, numbers of connections. */
  z.object({ kind: z.literal('rate'), text: z.string() }),
  /** True of this share of the packets, by chance or in turn. */
  z.object({ kind: z.literal('chance'), share: z.number() }),
  z.object({ kind: z.literal('unknown'), text: z.string() }),
]);
export type Match = z.infer<typeof matchSchema>;

const statementSchema = z.discriminatedUnion('kind', [
  /** The new mark is (`from` & `and`) ^ `xor`. */
  z.object({
    kind: z.literal('mark'),
    of: z.enum(['meta mark', 'ct mark']),
    from: z.enum(['meta mark', 'ct mark']),
    and: z.number(),
    xor: z.number(),
  }),
  z.object({ kind: z.literal('log'), prefix: z.string().optional() }),
  z.object({ kind: z.literal('notrack') }),
  z.object({ kind: z.literal('zone'), zone: z.number() }),
  /** Sets the time to live, or the limit of hops. */
  z.object({ kind: z.literal('ttl'), value: z.number() }),
  z.object({ kind: z.literal('mss'), size: z.union([z.number(), z.literal('path')]) }),
  z.object({ kind: z.literal('set'), op: z.enum(['add', 'update', 'delete']), set: z.string() }),
  /** A counter that has a name, of nftables or nfacct(8). */
  z.object({ kind: z.literal('count'), name: z.string() }),
  /** Does what no other rule and no route depends on: priorities, checksums, tracing. */
  z.object({ kind: z.literal('aside'), text: z.string() }),
  /** Does something else to the packet, or nothing that the network feels. */
  z.object({ kind: z.literal('unknown'), text: z.string() }),
]);
export type Statement = z.infer<typeof statementSchema>;

const natTargetSchema = z.object({
  address: partSchema.optional(),
  port: partSchema.optional(),
  /** Another port is taken even where the packet's own is free. */
  random: z.literal(true).optional(),
  /** A map that gives the address, or the address and the port. */
  map: z
    .object({
      of: z.array(selectorSchema).min(1),
      set: z.string().optional(),
      entries: z.array(z.object({ value: valueSchema, data: valueSchema })).optional(),
    })
    .optional(),
  /** Where the target is looked up, in words: it differs from packet to packet. */
  lookup: z.string().optional(),
});
export type NatTarget = z.infer<typeof natTargetSchema>;

const PLAIN = [
  z.object({ kind: z.enum(['accept', 'drop', 'return', 'continue', 'queue']) }),
  z.object({ kind: z.literal('reject'), with: z.string().optional() }),
  z.object({ kind: z.enum(['jump', 'goto']), chain: z.string() }),
] as const;
const plainVerdictSchema = z.discriminatedUnion('kind', PLAIN);
export type PlainVerdict = z.infer<typeof plainVerdictSchema>;

const verdictSchema = z.discriminatedUnion('kind', [
  ...PLAIN,
  z.object({ kind: z.enum(['dnat', 'snat']), to: natTargetSchema }),
  z.object({
    kind: z.enum(['masquerade', 'redirect']),
    port: partSchema.optional(),
    random: z.literal(true).optional(),
  }),
  /** A verdict map: of the rule itself, or one that has a name. */
  z.object({
    kind: z.literal('map'),
    of: z.array(selectorSchema).min(1),
    set: z.string().optional(),
    entries: z.array(z.object({ value: valueSchema, verdict: plainVerdictSchema })).optional(),
  }),
  /** Decides in a way that is not known. */
  z.object({ kind: z.literal('unknown'), text: z.string() }),
]);
export type Verdict = z.infer<typeof verdictSchema>;

const counterSchema = z.object({ packets: z.number(), bytes: z.number() });
const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;
const place = { family: z.enum(FAMILIES), table: z.string() };

const ruleSchema = z.object({
  ...place,
  chain: z.string(),
  /** nftables' own number of the rule. */
  handle: z.number().optional(),
  /** All of them must hold. */
  matches: z.array(matchSchema),
  /** Done in this order where the matches hold. */
  statements: z.array(statementSchema),
  /** Absent where the packet goes on to the next rule. */
  verdict: verdictSchema.optional(),
  /** Packets for which all matches held; absent without a counter, or where it stands before a match. */
  counter: counterSchema.optional(),
  comment: z.string().optional(),
  /** The rule as its own program says it, without its counter. */
  text: z.string(),
});
export type Rule = z.infer<typeof ruleSchema>;

export const HOOKS = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress'] as const;
export type Hook = (typeof HOOKS)[number];

const chainSchema = z.object({
  ...place,
  name: z.string(),
  /** Only chains that packets come to by themselves have the following. */
  type: z.string().optional(),
  hook: z.enum(HOOKS).optional(),
  priority: z.number().optional(),
  policy: z.enum(['accept', 'drop']).optional(),
  /** Only of `ingress` and `egress`, where it is known. */
  devices: z.array(z.string()).optional(),
  /** What came to the policy; only iptables counts it. */
  counter: counterSchema.optional(),
});
export type Chain = z.infer<typeof chainSchema>;

export const namedSetSchema = z.object({
  ...place,
  name: z.string(),
  /** Types of its parts, in the words of nft, or of ipset with `proto` as a part of its own. */
  type: z.array(z.string()),
  /** What its elements lead to: `verdict`, or a type; only of maps. */
  map: z.string().optional(),
  /** Rules add and remove elements. */
  dynamic: z.literal(true).optional(),
  elements: z.array(
    z.object({
      value: valueSchema,
      verdict: plainVerdictSchema.optional(),
      data: valueSchema.optional(),
      comment: z.string().optional(),
    }),
  ),
});
export type NamedSet = z.infer<typeof namedSetSchema>;

/** All tables of one program, in its own order. */
export const rulesetSchema = z.object({
  program: z.enum(['nft', 'iptables', 'ip6tables']),
  /** Which of its two backends iptables writes to, where its output says so. */
  backend: z.enum(['nf_tables', 'legacy']).optional(),
  chains: z.array(chainSchema),
  rules: z.array(ruleSchema),
  sets: z.array(namedSetSchema),
});
export type Ruleset = z.infer<typeof rulesetSchema>;
