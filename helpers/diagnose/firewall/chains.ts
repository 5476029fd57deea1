import type { Chain, Hook, Match, PlainVerdict, Rule, Ruleset } from '../../model/firewall.ts';

/** A way by which packets come to a chain: the hook at which it begins, and what the rules on the way ask. */
export interface Way {
  hook: Hook;
  /** The base chain. */
  base: Chain;
  matches: Match[];
}

export const keyOf = ({ family, table }: { family: string; table: string }, chain: string): string =>
  `${family} ${table}/${chain}`;

const jumpIn = (verdict: PlainVerdict | undefined): string[] =>
  verdict?.kind === 'jump' || verdict?.kind === 'goto' ? [verdict.chain] : [];

/** Chains to which a rule leads, by itself or by a verdict map. */
export function targetsOf(rule: Rule, { sets }: Ruleset): string[] {
  const { verdict } = rule;
  if (verdict?.kind === 'jump' || verdict?.kind === 'goto') return [verdict.chain];
  if (verdict?.kind !== 'map') return [];
  const named = sets.filter(
    ({ family, table, name }) => name === verdict.set && family === rule.family && table === rule.table,
  );
  return [
    ...(verdict.entries ?? []).flatMap((entry) => jumpIn(entry.verdict)),
    ...named.flatMap(({ elements }) => elements.flatMap((element) => jumpIn(element.verdict))),
  ];
}

/** What a rule with a verdict map asks of a packet depends on the entry: more than its own matches say. */
const asksOnTheWay = (rule: Rule): Match[] =>
  rule.verdict?.kind === 'map' ? [...rule.matches, { kind: 'unknown', text: 'a verdict map' }] : rule.matches;

/** This many ways to one chain are enough to show; thousands lead to the chains of Services. */
const MOST_WAYS = 8;

/** Every chain to which packets can come, with the ways there. */
export function waysTo(ruleset: Ruleset): ReadonlyMap<string, Way[]> {
  const rules = Map.groupBy(ruleset.rules, (rule) => keyOf(rule, rule.chain));
  const ways = new Map<string, Way[]>();
  const visit = (key: string, way: Way, passed: readonly string[]): void => {
    const known = ways.get(key) ?? [];
    if (known.length >= MOST_WAYS || passed.includes(key)) return;
    ways.set(key, [...known, way]);
    for (const rule of rules.get(key) ?? [])
      for (const target of targetsOf(rule, ruleset))
        visit(keyOf(rule, target), { ...way, matches: [...way.matches, ...asksOnTheWay(rule)] }, [...passed, key]);
  };
  for (const chain of ruleset.chains)
    if (chain.hook) visit(keyOf(chain, chain.name), { hook: chain.hook, base: chain, matches: [] }, []);
  return ways;
}
