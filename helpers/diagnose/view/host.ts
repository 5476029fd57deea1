import type { Facts, Seen } from './facts.ts';

/** Shapes of what the probe agent reads on a node's host network, as far as the catalogue reads them. */
export interface LinkFact {
  name: string;
  mtu?: number;
  address?: string;
  operstate?: string;
  flags?: string[];
  kind?: string;
  master?: string;
  hairpin?: boolean;
  addresses: string[];
}

export interface RouteFact {
  destination: string;
  gateway?: string;
  device?: string;
  reject?: boolean;
  up?: boolean;
}

type Table = Record<string, Record<string, number>>;

interface CountersFact {
  takenAtMs?: number;
  devices?: Table;
  snmp?: Table;
  netstat?: Table;
}

/** What one node's own /proc and /sys say. Each is undefined when it was not observed. */
export interface HostView {
  links?: Seen<LinkFact[]>;
  routes?: Seen<RouteFact[]>;
  sysctls?: Seen<Record<string, number | string>>;
  resolv?: Seen<{ nameservers: string[]; search: string[] }>;
  /** What its pods are given. */
  podResolv?: Seen<{ nameservers: string[] }>;
  sockets?: Seen<{ tcp: { address: string; port: number }[]; udp: { address: string; port: number; uid?: number }[] }>;
  conntrack?: Seen<{ count: number; max: number }>;
  /** A counter's rise over the run, for example `rise('netstat', 'TcpExt', 'IPReversePathFilter')`. */
  rise: (set: 'devices' | 'snmp' | 'netstat', group: string, name: string) => Seen<number> | undefined;
  link: (name: string | undefined) => LinkFact | undefined;
}

function risesOf(facts: Facts, node: string): Seen<CountersFact> | undefined {
  const recorded = facts.one<CountersFact>('counters-rise', node);
  if (recorded) return recorded;
  const own = facts
    .all<CountersFact>('counters')
    .filter((fact) => fact.node === node && typeof fact.value.takenAtMs === 'number');
  const sorted = own.toSorted((a, b) => (a.value.takenAtMs ?? 0) - (b.value.takenAtMs ?? 0));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || first === last) return undefined;
  const less = (set: 'devices' | 'snmp' | 'netstat'): Table =>
    Object.fromEntries(
      Object.entries(last.value[set] ?? {}).map(([group, names]) => [
        group,
        Object.fromEntries(
          Object.entries(names).flatMap(([name, value]) => {
            const before = first.value[set]?.[group]?.[name];
            return before === undefined ? [] : [[name, value - before]];
          }),
        ),
      ]),
    );
  return { id: last.id, value: { devices: less('devices'), snmp: less('snmp'), netstat: less('netstat') } };
}

export function readHost(facts: Facts, node: string): HostView {
  const rises = risesOf(facts, node);
  const listed = <T>(key: string) => {
    const seen = facts.one<T[]>(key, node);
    return seen && Array.isArray(seen.value) ? seen : undefined;
  };
  const links = listed<LinkFact>('links');
  return {
    links,
    routes: listed<RouteFact>('routes'),
    sysctls: facts.one('sysctls', node),
    resolv: facts.one('resolv', node),
    podResolv: facts.one('pod-resolv', node),
    sockets: facts.one('sockets', node),
    conntrack: facts.one('conntrack', node),
    rise: (set, group, name) => {
      const value = rises?.value[set]?.[group]?.[name];
      return rises && typeof value === 'number' ? { id: rises.id, value } : undefined;
    },
    link: (name) => links?.value.find((link) => link.name === name),
  };
}
