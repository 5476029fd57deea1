import type { Rule, Ruleset } from '../../model/firewall.ts';
import type { View } from '../view/view.ts';

/** Whose chains are called so. Netfilter has no owner: the name of a chain is all that tells. */
const OWNERS: readonly [string, RegExp][] = [
  ['flannel', /^FLANNEL-|^flannel/i],
  ['calico', /^cali-|^cali|^calico/],
  ['kube-router', /^KUBE-ROUTER-|^KUBE-POD-FW-|^KUBE-NWPLCY-/],
  ['cni', /^CNI-/],
  ['kube-proxy', /^KUBE-|^kube-proxy/],
];

const ownerOf = ({ chain, table }: Rule): string =>
  OWNERS.find(([, pattern]) => pattern.test(chain) || pattern.test(table))?.[0] ?? 'other';

/** A node's rules by whose they are. */
export interface FirewallOwners {
  counts: Record<string, number>;
  rules: (owner: string) => Rule[];
  /** The observations in which they stand. */
  ids: string[];
}

/** Rules of a node in both backends of iptables and in nft; undefined where none of them were read. */
export function firewallOwners({ facts }: View, node: string): FirewallOwners | undefined {
  const own = [facts.one('ssh/iptables-save', node), facts.one('ssh/iptables-legacy-save', node)];
  const nft = facts.one('ssh/nft-ruleset', node);
  const read = [...own, nft].filter((each) => each !== undefined);
  if (read.length === 0) return undefined;
  // What iptables writes by its backend nf_tables, nft shows as well.
  const isSeenTwice = ({ backend }: Ruleset) => nft !== undefined && backend === 'nf_tables';
  const rules = read.flatMap(({ value }) => (isSeenTwice(value) ? [] : value.rules));
  const groups = Map.groupBy(rules, ownerOf);
  return {
    counts: Object.fromEntries([...groups].map(([owner, of]): [string, number] => [owner, of.length])),
    rules: (owner) => groups.get(owner) ?? [],
    ids: read.map(({ id }) => id),
  };
}
