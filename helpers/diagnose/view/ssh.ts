import type { CniConfig, Connection } from '../../model/facts/ssh.ts';
import type { Ruleset } from '../../model/firewall.ts';
import type { ForwardingEntry, Neighbour, NodeLink, NodeRoute, Queue, RoutingRule } from '../../model/routing.ts';
import { firewallOf, type Firewall } from '../firewall/index.ts';
import type { Facts, Seen } from './facts.ts';

/** What was read on a node by SSH. Each is undefined when it was not read. */
export interface SshView {
  links?: Seen<NodeLink[]>;
  neighbours?: Seen<Neighbour[]>;
  forwards?: Seen<ForwardingEntry[]>;
  /** Of all tables. */
  routes?: Seen<NodeRoute[]>;
  rules?: Seen<RoutingRule[]>;
  queues?: Seen<Queue[]>;
  /** Rules of nftables and iptables, where one of them was read. */
  firewall?: Firewall;
  /** The observations in which the firewall stands. */
  rulesets: string[];
  /** Rules of iptables alone, in the backend that is in use, and in the older one. */
  iptables?: Seen<Ruleset>;
  iptablesLegacy?: Seen<Ruleset>;
  /** UDP and TCP of the node's table of connections. */
  udp?: Seen<Connection[]>;
  tcp?: Seen<Connection[]>;
  /** Files in the folders of the runtime's network configuration. */
  cni?: Seen<CniConfig[]>;
  /** Addresses held by network name. */
  allocations?: Seen<Record<string, number>>;
  /** `uptime SECONDS`, then lines of the kernel's log that tell of the network. */
  kernelLog?: Seen<string>;
}

export function readSsh(facts: Facts, node: string): SshView {
  const iptables = facts.one('ssh/iptables-save', node);
  const nft = facts.one('ssh/nft-ruleset', node);
  const firewall = [iptables, facts.one('ssh/ip6tables-save', node), nft].filter((ruleset) => ruleset !== undefined);
  return {
    links: facts.one('ssh/ip-link', node),
    neighbours: facts.one('ssh/ip-neigh', node),
    forwards: facts.one('ssh/bridge-fdb', node),
    routes: facts.one('ssh/ip-route', node),
    rules: facts.one('ssh/ip-rule', node),
    queues: facts.one('ssh/tc-qdisc', node),
    // In the order of the node's own: what nftables has natively comes first.
    // That IPv6 has no such rule says nothing of IPv4.
    firewall: iptables || nft ? firewallOf(firewall.toReversed().map(({ value }) => value)) : undefined,
    rulesets: firewall.map(({ id }) => id),
    iptables,
    iptablesLegacy: facts.one('ssh/iptables-legacy-save', node),
    udp: facts.one('ssh/conntrack-udp', node),
    tcp: facts.one('ssh/conntrack-tcp', node),
    cni: facts.one('ssh/cni-files', node),
    allocations: facts.one('ssh/cni-allocations', node),
    kernelLog: facts.one('ssh/dmesg-network', node),
  };
}
