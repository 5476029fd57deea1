import type { Chain, Ruleset } from '../../../model/firewall.ts';

/**
 * Prints the chains that stand at devices, one a line: family, table, chain, and how it hooks in. `nft -j` of nftables
 * 1.0.6 and before, which Debian 12 and Ubuntu 22.04 have, says nothing of a chain's devices; its plain text does.
 */
export const CHAINS_AT_DEVICES =
  `nft list chains | awk '$1 == "table" { t = $2 " " $3 } $1 == "chain" { c = $2 } $1 == "type" && / devices? / ` +
  `{ print t, c, $0 }'`;

const keyOf = ({ family, table, name }: Pick<Chain, 'family' | 'table' | 'name'>): string =>
  `${family} ${table} ${name}`;

/** Devices of one line of `CHAINS_AT_DEVICES`: `device "eth0"`, or `devices = { "eth0", eth1 }`. */
const devicesIn = (line: string): string[] =>
  (/ devices? (?:= )?(?<list>\{[^}]*\}|"[^"]*"|\S+)/.exec(line)?.groups?.['list'] ?? '').match(/[^\s{}",]+/g) ?? [];

/** A ruleset with the devices at which its chains stand, where its JSON does not say so. */
export function withDevices(ruleset: Ruleset, printed: string): Ruleset {
  const known = new Map(
    printed
      .split('\n')
      .map((line) => [line.split(/\s+/).slice(0, 3).join(' '), devicesIn(line)] as const)
      .filter(([, devices]) => devices.length > 0),
  );
  return {
    ...ruleset,
    chains: ruleset.chains.map((chain) => ({ ...chain, devices: chain.devices ?? known.get(keyOf(chain)) })),
  };
}
