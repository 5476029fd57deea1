import { withoutDoubles } from '../firewall/doubles.ts';
import { NodeIndex } from '../walk/node-index.ts';
import type { Facts } from './facts.ts';

/** What SSH read on a node, for packets to be walked through; undefined where its routes or rules are missing. */
export function nodeStateOf(facts: Facts, node: string): { index: NodeIndex; cited: string[] } | undefined {
  const routes = facts.one('ssh/ip-route', node);
  const nft = facts.one('ssh/nft-ruleset', node);
  const iptables = facts.one('ssh/iptables-save', node);
  if (!routes || (!nft && !iptables)) return undefined;
  const ip6tables = facts.one('ssh/ip6tables-save', node);
  const legacy = facts.one('ssh/iptables-legacy-save', node);
  // One program may be the other by another name.
  const isSame = iptables?.value.backend !== 'nf_tables';
  const read = [nft, iptables, ip6tables, isSame ? undefined : legacy].filter((each) => each !== undefined);
  return {
    index: new NodeIndex({
      routes: routes.value,
      links: facts.one('ssh/ip-link', node)?.value,
      addresses: facts.one('ssh/ip-addr', node)?.value,
      rules: facts.one('ssh/ip-rule', node)?.value,
      neighbours: facts.one('ssh/ip-neigh', node)?.value,
      forwards: facts.one('ssh/bridge-fdb', node)?.value,
      sysctls: facts.one('ssh/sysctl', node)?.value,
      ipsets: facts.one('ssh/ipset', node)?.value,
      rulesets: withoutDoubles(read.map(({ value }) => value)),
      // Probes begin connections of their own.
      connections: [],
    }),
    cited: [routes, ...read].map(({ id }) => id),
  };
}
