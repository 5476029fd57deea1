import type { Field } from '../../model/firewall-fields.ts';
import type { Part, Rule, Ruleset, Value } from '../../model/firewall.ts';
import { keyOf, targetsOf, waysTo } from './chains.ts';
import { includes } from './packet.ts';

// What a node's rules make of addresses: of Services' to their endpoints', of pods' to the node's.

const DESTINATIONS = new Set<Field>(['ip daddr', 'ip6 daddr']);

/** A rule that names an address as destination, and what it leads to for it. */
interface Translation {
  rule: Rule;
  /** Chains to which packets to the address go on. */
  chains: string[];
}

const hasAddress = (value: Value, at: number, address: string): boolean => {
  const part: Part | undefined = Array.isArray(value) ? value[at] : value;
  // A range takes in the address together with others: it does not translate this Service.
  return part !== undefined && typeof part === 'string' && !part.includes('/') && includes(part, address);
};

function byMap(rule: Rule, { sets }: Ruleset, address: string): string[] {
  const { verdict } = rule;
  if (verdict?.kind !== 'map') return [];
  const at = verdict.of.findIndex(({ field }) => DESTINATIONS.has(field));
  if (at < 0) return [];
  const named = sets.find((set) => set.name === verdict.set && set.family === rule.family && set.table === rule.table);
  return [...(verdict.entries ?? []), ...(named?.elements ?? [])].flatMap(({ value, verdict: then }) =>
    hasAddress(value, at, address) && (then?.kind === 'jump' || then?.kind === 'goto') ? [then.chain] : [],
  );
}

const namesIt = ({ matches }: Rule, address: string): boolean =>
  matches.some(
    (match) =>
      match.kind === 'is' &&
      !match.not &&
      match.of.length === 1 &&
      match.of.some(({ field }) => DESTINATIONS.has(field)) &&
      match.values.some((value) => hasAddress(value, 0, address)),
  );

/** Rules that lead what is for an address on to be translated, or translate it themselves. */
export function translationsOf(ruleset: Ruleset, address: string): Translation[] {
  return ruleset.rules.flatMap((rule): Translation[] => {
    const chains = namesIt(rule, address) ? targetsOf(rule, ruleset) : byMap(rule, ruleset, address);
    const isItself = rule.verdict?.kind === 'dnat' && namesIt(rule, address);
    return chains.length > 0 || isItself ? [{ rule, chains }] : [];
  });
}

const addressesOf = ({ verdict }: Rule): string[] =>
  verdict?.kind === 'dnat' && typeof verdict.to.address === 'string' ? [verdict.to.address] : [];

/** Addresses to which rules translate an address in the end. */
export function translatedTo(ruleset: Ruleset, address: string): string[] {
  const rules = Map.groupBy(ruleset.rules, (rule) => keyOf(rule, rule.chain));
  const begun = translationsOf(ruleset, address);
  const reached = new Set(begun.flatMap(({ rule, chains }) => chains.map((chain) => keyOf(rule, chain))));
  // A set is walked in the order of its growth: what is added meanwhile comes last.
  for (const chain of reached)
    for (const rule of rules.get(chain) ?? [])
      for (const target of targetsOf(rule, ruleset)) reached.add(keyOf(rule, target));
  const last = [...reached].flatMap((chain) => rules.get(chain) ?? []);
  return [...new Set([...begun.map(({ rule }) => rule), ...last].flatMap(addressesOf))];
}

/** Chains in which Kubernetes' own components translate what they have marked, and nothing else. */
const OWN_CHAINS = /^(KUBE-|CNI-HOSTPORT-|CNI-DN-)/;

/** Rules for what has an address of the node itself, as Calico has one for each of its tunnels: no pod's has. */
const isForOwnAddresses = ({ matches }: Rule): boolean =>
  matches.some(
    (match) =>
      match.kind === 'is' &&
      match.not !== true &&
      match.of.some(({ field }) => field === 'fib saddr type') &&
      match.values.every((value) => value === 'local'),
  );

/**
 * Whether a rule that a packet can come to gives pods' packets the node's address. Undefined where rules that are not
 * known decide in the same chains.
 */
export function masquerades(ruleset: Ruleset): boolean | undefined {
  const ways = waysTo(ruleset);
  const own = ruleset.rules.filter(
    (rule) =>
      rule.table !== 'kube-proxy' &&
      !OWN_CHAINS.test(rule.chain) &&
      !isForOwnAddresses(rule) &&
      (ways.get(keyOf(rule, rule.chain)) ?? []).some(({ hook }) => hook === 'postrouting'),
  );
  if (own.some(({ verdict }) => verdict?.kind === 'masquerade' || verdict?.kind === 'snat')) return true;
  return own.some(({ verdict }) => verdict?.kind === 'unknown') ? undefined : false;
}
