import type { Ruleset } from '../../model/firewall.ts';
import { keyOf } from './chains.ts';

/**
 * What several programs show is taken once. Tables of iptables' newer backend show in nft too, without what their
 * modules ask: iptables-save says more of them.
 */
export function withoutDoubles(rulesets: readonly Ruleset[]): Ruleset[] {
  const known = new Set(
    rulesets.flatMap(({ program, backend, chains }) =>
      program === 'nft' || backend === 'legacy' ? [] : chains.map(({ family, table }) => keyOf({ family, table }, '')),
    ),
  );
  const isNative = ({ family, table }: { family: string; table: string }) => !known.has(keyOf({ family, table }, ''));
  return rulesets.map((ruleset) =>
    ruleset.program === 'nft'
      ? {
          ...ruleset,
          chains: ruleset.chains.filter(isNative),
          rules: ruleset.rules.filter(isNative),
          sets: ruleset.sets.filter(isNative),
        }
      : ruleset,
  );
}
