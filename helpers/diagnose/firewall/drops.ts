import type { Field } from '../../model/firewall-fields.ts';
import type { Hook, Match, Ruleset } from '../../model/firewall.ts';
import { keyOf, waysTo } from './chains.ts';
import { includes, setValues, takes, type PacketSort, type SetValues, type Takes } from './packet.ts';

/** A rule or a chain's policy that drops or refuses packets on a node. */
export interface Drop {
  /** Where in the packet's way. */
  hook: Hook;
  /** `nft inet filter/input` or `iptables INPUT`. */
  chain: string;
  /** The rule, or `policy drop`. */
  text: string;
  /** What its counter stands at; undefined without a counter. */
  packets?: number;
  policy: boolean;
  /** What it and the rules that lead to it ask. */
  matches: Match[];
  sets: SetValues;
}

/** Chains and tables that Kubernetes' own components keep and that hold drops of their own on healthy nodes. */
const OWN_CHAINS = /^(KUBE-|CNI-|FLANNEL-|cali)/;
const OWN_TABLES = /kube-proxy/;

export const isOfKubernetes = ({ chain, table }: { chain: string; table: string }): boolean =>
  OWN_CHAINS.test(chain) || OWN_TABLES.test(table);

const placeOf = (program: Ruleset['program'], family: string, table: string, chain: string): string =>
  program === 'nft' ? `nft ${family} ${table}/${chain}` : `${program} ${chain}`;

/** Everything that drops, each once a hook, without what Kubernetes' own components keep. */
export function dropsOf(ruleset: Ruleset): Drop[] {
  const { program, chains, rules, sets } = ruleset;
  const ways = waysTo(ruleset);
  const policies = chains.flatMap(({ family, table, name, hook, policy, counter }): Drop[] =>
    hook && policy === 'drop'
      ? [
          {
            hook,
            chain: placeOf(program, family, table, name),
            text: 'policy drop',
            packets: counter?.packets,
            policy: true,
            matches: [],
            sets: setValues([]),
          },
        ]
      : [],
  );
  const dropping = rules.flatMap((rule): Drop[] => {
    const { family, table, chain, verdict, text, counter } = rule;
    if (isOfKubernetes(rule) || (verdict?.kind !== 'drop' && verdict?.kind !== 'reject')) return [];
    const own = sets.filter((set) => set.family === family && set.table === table);
    return (ways.get(keyOf(rule, chain)) ?? []).map((way) => ({
      hook: way.hook,
      chain: placeOf(program, family, table, chain),
      text,
      packets: counter?.packets,
      policy: false,
      matches: [...way.matches, ...rule.matches],
      sets: setValues(own),
    }));
  });
  return [...policies, ...dropping];
}

/** Which packets of a sort a drop takes. */
export const dropTakes = (drop: Drop, sort: PacketSort): Takes => takes(drop.matches, sort, drop.sets);

const PORTS = new Set<Field>(['tcp dport', 'udp dport', 'th dport', 'sctp dport']);
const DESTINATIONS = new Set<Field>(['ip daddr', 'ip6 daddr']);

/** Whether one of some matches says, and does not except, one value of some fields. */
const says = (
  matches: readonly Match[],
  fields: ReadonlySet<Field>,
  value: string | number,
  sets: SetValues,
): boolean =>
  matches.some((match) => {
    if ((match.kind !== 'is' && match.kind !== 'in-set') || match.not || match.of.length !== 1) return false;
    const field = match.of[0]?.field;
    const values = match.kind === 'is' ? match.values : (sets(match.set) ?? []);
    return (
      field !== undefined && fields.has(field) && values.some((part) => !Array.isArray(part) && includes(part, value))
    );
  });

const protocolPorts = (protocol: 'tcp' | 'udp'): ReadonlySet<Field> =>
  new Set<Field>([`${protocol} dport`, 'th dport']);

/** Whether a drop names a destination port, alone or in a range. */
export const namesPort = (drop: Drop, protocol: 'udp' | 'tcp', port: number): boolean =>
  says(drop.matches, protocolPorts(protocol), port, drop.sets) && dropTakes(drop, { protocol, port }) !== 'none';

/** Whether any rule, whatever it does, names a destination port. */
export const isPortNamed = ({ rules, sets }: Ruleset, protocol: 'udp' | 'tcp', port: number): boolean =>
  rules.some((rule) => says(rule.matches, protocolPorts(protocol), port, setValues(sets)));

/** Whether a drop names an address as its destination, alone or in a range. */
export const namesDestination = (drop: Drop, address: string): boolean =>
  says(drop.matches, DESTINATIONS, address, drop.sets);

const namesSomePort = ({ matches }: Drop): boolean =>
  matches.some((match) => 'of' in match && match.of.some(({ field }) => PORTS.has(field)));

/** Whether it asks for no port, and takes all TCP or all UDP that comes its way. */
export const takesAllOfAProtocol = (drop: Drop): boolean =>
  !namesSomePort(drop) &&
  (dropTakes(drop, { protocol: 'tcp' }) === 'all' || dropTakes(drop, { protocol: 'udp' }) === 'all');

const isNew = (match: Match): boolean =>
  match.kind === 'is' && match.of[0]?.field === 'ct state' && match.values.includes('new') !== (match.not === true);
const isLocal = (match: Match): boolean =>
  match.kind === 'is' && match.of[0]?.field === 'fib daddr type' && match.values.includes('local') && !match.not;

/** The same of what begins a connection with the node itself. */
export const takesNewConnections = (drop: Drop): boolean =>
  takesAllOfAProtocol({ ...drop, matches: drop.matches.filter((match) => !isNew(match) && !isLocal(match)) });

/** Where a drop stands, its words and its counter. */
export const dropWords = ({ chain, text, packets }: Drop): string =>
  `${chain}: ${text}${packets === undefined ? '' : ` (${packets} packets)`}`;
