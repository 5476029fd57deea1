import type { Rule, Ruleset } from '../../model/firewall.ts';
import { keyOf, waysTo } from './chains.ts';
import { withoutDoubles } from './doubles.ts';
import { dropsOf, isPortNamed, type Drop } from './drops.ts';
import { masquerades, translatedTo, translationsOf } from './translation.ts';

/** A node's rules, of all programs that were read, and the questions that causes ask of them. */
export interface Firewall {
  /** Rules that drop or refuse, without those that Kubernetes' own components keep. */
  drops: Drop[];
  /** Names of all chains. */
  chains: string[];
  rules: Rule[];
  /** Rules that translate what is for an address, which must be exactly this one. */
  translating: (address: string) => Rule[];
  /** Addresses to which they translate it. */
  translatedTo: (address: string) => string[];
  /** Whether pods' packets are given the node's address; undefined where that cannot be told. */
  masquerades: boolean | undefined;
  /** Whether any rule names a destination port, whatever it does. */
  isPortNamed: (protocol: 'udp' | 'tcp', port: number) => boolean;
  /** Whether what comes in from outside and from pods is led into a chain, of iptables' table nat or of another. */
  isLedIn: (chain: string, family: 'ip' | 'ip6', table?: string) => boolean;
}

export function firewallOf(read: readonly Ruleset[]): Firewall {
  const rulesets = withoutDoubles(read);
  const masks = rulesets.map(masquerades);
  return {
    drops: rulesets.flatMap(dropsOf),
    chains: rulesets.flatMap(({ chains }) => chains.map(({ name }) => name)),
    rules: rulesets.flatMap(({ rules }) => rules),
    translating: (address) => rulesets.flatMap((ruleset) => translationsOf(ruleset, address).map(({ rule }) => rule)),
    translatedTo: (address) => [...new Set(rulesets.flatMap((ruleset) => translatedTo(ruleset, address)))],
    masquerades: masks.includes(true) ? true : masks.includes(undefined) ? undefined : false,
    isPortNamed: (protocol, port) => rulesets.some((ruleset) => isPortNamed(ruleset, protocol, port)),
    isLedIn: (chain, family, table = 'nat') =>
      rulesets.some((ruleset) =>
        waysTo(ruleset)
          .get(keyOf({ family, table }, chain))
          ?.some(({ hook }) => hook === 'prerouting'),
      ),
  };
}
