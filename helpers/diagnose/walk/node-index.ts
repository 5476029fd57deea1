import type { Connection } from '../../model/facts/ssh.ts';
import type { Chain, NamedSet, Rule, Ruleset } from '../../model/firewall.ts';
import type { NodeAddress, NodeLink, NodeRoute, RoutingRule } from '../../model/routing.ts';
import { rangeOf, type Range } from './address.ts';
import type { Family, NodeState } from './packet.ts';

type RouteRange = Range & { length: number };

/** A chain with its rules, and the ruleset in which its jumps and sets are looked up. */
export interface ChainRules {
  chain: Chain;
  rules: readonly Rule[];
  ruleset: Ruleset;
}

const keyOf = ({ family, table }: { family: string; table: string }, name: string): string =>
  `${family} ${table} ${name}`;

/** A node's state, made quick to look things up in. */
export class NodeIndex {
  readonly state: NodeState;
  readonly #routes: ReadonlyMap<string, { route: NodeRoute; range: RouteRange }[]>;
  readonly #rules: ReadonlyMap<Family, RoutingRule[]>;
  readonly #chains: ReadonlyMap<Ruleset, ReadonlyMap<string, ChainRules>>;
  readonly #sets: ReadonlyMap<Ruleset, ReadonlyMap<string, NamedSet>>;
  readonly #links: ReadonlyMap<string, NodeLink>;

  /** `like`: an index of the same state but for its connections. */
  constructor(state: NodeState, like?: NodeIndex) {
    this.state = state;
    if (like) {
      this.#routes = like.#routes;
      this.#rules = like.#rules;
      this.#links = like.#links;
      this.#chains = like.#chains;
      this.#sets = like.#sets;
      return;
    }
    const routes = (state.routes ?? []).flatMap((route) => {
      const range = rangeOf(route.destination);
      return range ? [{ route, range }] : [];
    });
    const sorted = routes.toSorted((a, b) => b.range.length - a.range.length || a.route.metric - b.route.metric);
    this.#routes = Map.groupBy(sorted, ({ route }) => `${route.family} ${route.table}`);
    this.#rules = Map.groupBy(
      (state.rules ?? []).toSorted((a, b) => a.priority - b.priority),
      ({ family }) => family,
    );
    this.#links = new Map((state.links ?? []).map((link) => [link.name, link]));
    const rulesets = state.rulesets ?? [];
    this.#chains = new Map(rulesets.map((ruleset) => [ruleset, chainsOf(ruleset)]));
    this.#sets = new Map(
      rulesets.map((ruleset) => [ruleset, new Map(ruleset.sets.map((set) => [keyOf(set, set.name), set]))]),
    );
  }

  /** The same node with these connections, and no others. */
  knowing(connections: readonly Connection[]): NodeIndex {
    return new NodeIndex({ ...this.state, connections }, this);
  }

  /** The same node without one rule of its firewall. */
  without(rule: Rule): NodeIndex {
    const rulesets = this.state.rulesets?.map((ruleset) =>
      ruleset.rules.includes(rule) ? { ...ruleset, rules: ruleset.rules.filter((each) => each !== rule) } : ruleset,
    );
    return new NodeIndex({ ...this.state, rulesets });
  }

  /** Routes of a table to a destination, the narrowest first. */
  routes(family: Family, table: string, destination: bigint): NodeRoute[] {
    return (this.#routes.get(`${family} ${table}`) ?? [])
      .filter(({ range }) => range.from <= destination && destination <= range.to)
      .map(({ route }) => route);
  }

  rules(family: Family): readonly RoutingRule[] {
    return this.#rules.get(family) ?? [];
  }

  chains(): ChainRules[] {
    return [...this.#chains.values()].flatMap((chains) => [...chains.values()]);
  }

  chain(ruleset: Ruleset, like: { family: string; table: string }, name: string): ChainRules | undefined {
    return this.#chains.get(ruleset)?.get(keyOf(like, name));
  }

  set(ruleset: Ruleset, like: { family: string; table: string }, name: string): NamedSet | undefined {
    return this.#sets.get(ruleset)?.get(keyOf(like, name));
  }

  ipset(name: string): NamedSet | undefined {
    return this.state.ipsets?.find((set) => set.name === name);
  }

  link(name: string): NodeLink | undefined {
    return this.#links.get(name);
  }

  addresses(device: string, family: Family): NodeAddress[] {
    return (this.state.addresses ?? []).filter((each) => each.device === device && each.family === family);
  }

  /** A setting as a number; undefined where it was not read. */
  sysctl(name: string): number | undefined {
    const text = this.state.sysctls?.[name];
    return text === undefined || text === '' ? undefined : Number(text);
  }

  /** A setting of a device of IPv4, `/` for a dot in its name as sysctl(8) prints it. */
  deviceSysctl(device: string, leaf: string, family: Family = 'ipv4'): number | undefined {
    return this.sysctl(`net.${family}.conf.${device.replaceAll('.', '/')}.${leaf}`);
  }
}

function chainsOf(ruleset: Ruleset): ReadonlyMap<string, ChainRules> {
  const rules = Map.groupBy(ruleset.rules, (rule) => keyOf(rule, rule.chain));
  return new Map(
    ruleset.chains.map((chain) => {
      const key = keyOf(chain, chain.name);
      return [key, { chain, rules: rules.get(key) ?? [], ruleset }];
    }),
  );
}
