import { riseBetween } from '../../model/counters.ts';
import type { FactValue } from '../../model/facts.ts';
import type { HostLink, HostRoute, Resolv } from '../../model/facts/agent.ts';
import type { Facts, Seen } from './facts.ts';

/** What one node's own /proc and /sys say. Each is undefined when it was not observed. */
export interface HostView {
  links?: Seen<HostLink[]>;
  routes?: Seen<HostRoute[]>;
  sysctls?: Seen<FactValue<'sysctls'>>;
  resolv?: Seen<Resolv>;
  /** What its pods are given. */
  podResolv?: Seen<Resolv>;
  sockets?: Seen<FactValue<'sockets'>>;
  conntrack?: Seen<FactValue<'conntrack'>>;
  /** A counter's rise over the run, for example `rise('netstat', 'TcpExt', 'IPReversePathFilter')`. */
  rise: (set: 'devices' | 'snmp' | 'netstat' | 'neighbours', group: string, name: string) => Seen<number> | undefined;
  link: (name: string | undefined) => HostLink | undefined;
}

/** As it was recorded at the end of the run; a run that had no end has readings alone. */
function risesOf(facts: Facts, node: string): Seen<FactValue<'counters-rise'>> | undefined {
  const recorded = facts.one('counters-rise', node);
  if (recorded) return recorded;
  const own = facts
    .all('counters')
    .filter((fact) => fact.node === node)
    .toSorted((a, b) => a.value.takenAtMs - b.value.takenAtMs);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || first === last) return undefined;
  return { id: last.id, value: riseBetween(first.value, last.value) };
}

export function readHost(facts: Facts, node: string): HostView {
  const rises = risesOf(facts, node);
  const links = facts.one('links', node);
  return {
    links,
    routes: facts.one('routes', node),
    sysctls: facts.one('sysctls', node),
    resolv: facts.one('resolv', node),
    podResolv: facts.one('pod-resolv', node),
    sockets: facts.one('sockets', node),
    conntrack: facts.one('conntrack', node),
    rise: (set, group, name) => {
      const value = rises?.value[set]?.[group]?.[name];
      return rises && value !== undefined ? { id: rises.id, value } : undefined;
    },
    link: (name) => links?.value.find((link) => link.name === name),
  };
}
