import { z } from 'zod';
import { isFactKey, readFact, type FactKey } from '../../model/facts.ts';
import { readConnections } from '../../nodes/facts/conntrack.ts';
import { readCniConfigs } from '../../nodes/facts/cni.ts';
import { readIptablesSave } from '../../nodes/facts/iptables.ts';
import { readAddresses, readForwardingEntries, readLinks } from '../../nodes/facts/links.ts';
import { readNftRuleset } from '../../nodes/facts/nft.ts';
import { readNeighbours, readRoutes, readRoutingRules } from '../../nodes/facts/routes.ts';

// Facts as version 1 wrote them: lists under a name in the singular, and what programs on the nodes printed as it was.

/** What is read of a fact of version 1. */
export interface FactOfVersion1 {
  source: string;
  key: string;
  value: unknown;
  notObserved?: string;
}

const RENAMED: Record<string, FactKey> = {
  'network-policy': 'network-policies',
  'ingress-class': 'ingress-classes',
  event: 'events',
  'ssh/conntrack': 'ssh/conntrack-udp',
  'ssh/conntrack-list': 'ssh/conntrack-udp',
};

/** Facts of SSH had their source before their key only where they came of the one script. */
const keyOf = ({ source, key }: FactOfVersion1): string => {
  const whole = source === 'ssh' && key !== 'ssh' && !key.startsWith('ssh/') ? `ssh/${key}` : key;
  return RENAMED[whole] ?? whole;
};

const text = (read: (text: string) => unknown) => (value: unknown) => read(z.string().parse(value));
/** Recordings by hand have JSON as text. */
const json = (read: (printed: unknown) => unknown) => (value: unknown) =>
  read(typeof value === 'string' ? JSON.parse(value) : value);
const listed = (value: unknown) => (Array.isArray(value) ? value : [value]);

/** Counters were named in one word (`UdpInErrors`, `TcpExtListenDrops`): protocol and name. */
const protocolCounters = (value: unknown): Record<string, Record<string, number>> => {
  const counters: Record<string, Record<string, number>> = {};
  for (const [whole, count] of Object.entries(z.record(z.string(), z.number()).parse(value))) {
    const [, protocol, name] = /^(IpExt|TcpExt|MPTcpExt|Ip|Icmp|IcmpMsg|Tcp|UdpLite|Udp)([A-Z].*)$/.exec(whole) ?? [];
    if (protocol !== undefined && name !== undefined) (counters[protocol] ??= {})[name] = count;
  }
  return counters;
};

/** Keys without an entry have the shape of today. */
const VALUES: Partial<Record<FactKey, (value: unknown) => unknown>> = {
  'network-policies': listed,
  'ingress-classes': listed,
  events: listed,
  'ssh/protocol-counters': protocolCounters,
  'ssh/ip-link': json(readLinks),
  'ssh/ip-addr': json(readAddresses),
  'ssh/bridge-fdb': json(readForwardingEntries),
  'ssh/ip-route': json(readRoutes),
  'ssh/ip-rule': json((printed) => readRoutingRules(printed, 'ipv4')),
  'ssh/ip-neigh': json(readNeighbours),
  'ssh/nft-ruleset': json(readNftRuleset),
  'ssh/iptables-save': text((output) => readIptablesSave(output)),
  'ssh/iptables-legacy-save': text((output) => readIptablesSave(output)),
  'ssh/conntrack-udp': text(readConnections),
  'ssh/conntrack-tcp': text(readConnections),
  'ssh/cni-files': (value) => readCniConfigs(z.record(z.string(), z.unknown()).parse(value)),
};

function valueOf(key: FactKey, value: unknown): { value: unknown; notObserved?: string } {
  try {
    return readFact(key, (VALUES[key] ?? ((same: unknown) => same))(value));
  } catch (error) {
    return { value: null, notObserved: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Key and value as they are today; a value that cannot be read is not observed, with the reason. Undefined for a key
 * that no longer exists.
 */
export function factToday(fact: FactOfVersion1): { key: FactKey; value: unknown; notObserved?: string } | undefined {
  const key = keyOf(fact);
  if (!isFactKey(key)) return undefined;
  if (fact.notObserved !== undefined) return { key, value: null, notObserved: fact.notObserved };
  return { key, ...valueOf(key, fact.value) };
}
