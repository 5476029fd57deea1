import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walk, type NodeState } from '../../../../helpers/diagnose/walk/index.ts';
import { readAddresses, readForwardingEntries, readLinks } from '../../../../helpers/nodes/facts/links.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { readRoutes, readRoutingRules } from '../../../../helpers/nodes/facts/routes.ts';
import { canMakeNamespaces } from '../../probe/support/netns.ts';

// A node with a bridge, two pods at it and a peer at a cable, in the kernel; the walk is held against what arrives.

const id = `nwb${randomBytes(3).toString('hex')}`;
const PLACES = ['node', 'a', 'b', 'peer'] as const;
type Place = (typeof PLACES)[number];
const ADDRESSES = { a: '10.64.0.2', b: '10.64.0.3', peer: '10.65.0.2', service: '10.96.0.10' } as const;
const PORT = 7777;

const at = (place: Place, ...argv: string[]): string =>
  execFileSync('ip', ['netns', 'exec', `${id}-${place}`, ...argv], { encoding: 'utf8' });
const shell = (place: Place, script: string): string => at(place, 'sh', '-ec', script);

const COUNT = `table inet seen { chain in { type filter hook input priority 0; udp dport ${PORT} counter; }; }`;

function arrived(place: Place): number {
  const { nftables } = JSON.parse(at(place, 'nft', '-j', 'list', 'table', 'inet', 'seen')) as {
    nftables: { rule?: { expr: { counter?: { packets: number } }[] } }[];
  };
  return nftables.flatMap(({ rule }) => rule?.expr.flatMap(({ counter }) => counter?.packets ?? []) ?? [])[0] ?? 0;
}

function stateOfNode(): NodeState {
  const json = (...argv: string[]): unknown => JSON.parse(at('node', ...argv));
  const sysctls = shell('node', "sysctl -a 2>/dev/null | grep -E '^net.(ipv4.conf|ipv4.ip_forward|bridge)' || true");
  return {
    links: readLinks(json('ip', '-s', '-j', '-d', 'link', 'show')),
    addresses: readAddresses(json('ip', '-j', 'addr', 'show')),
    routes: readRoutes(json('ip', '-j', '-d', 'route', 'show', 'table', 'all')),
    rules: readRoutingRules(json('ip', '-j', 'rule', 'show'), 'ipv4'),
    forwards: readForwardingEntries(json('bridge', '-j', 'fdb', 'show')),
    neighbours: [],
    sysctls: Object.fromEntries(sysctls.split('\n').map((line) => line.split(' = ') as [string, string])),
    rulesets: [readNftRuleset(json('nft', '-j', 'list', 'ruleset'))],
    ipsets: [],
    connections: [],
  };
}

/** Whether a datagram comes to a place by the walk over the node alone. */
function walked(from: 'a' | 'b' | 'peer', destination: string): string[] {
  const packet = {
    family: 'ipv4' as const,
    protocol: 'udp',
    source: ADDRESSES[from],
    destination,
    destinationPort: PORT,
    anyPorts: { from: 32_768, to: 60_999 },
  };
  const { paths, isTold, open } = walk(stateOfNode(), packet, {
    by: 'device',
    device: from === 'peer' ? 'cable' : 'br0',
  });
  return isTold
    ? paths.map(({ end }) => ('line' in end && end.line ? `${end.kind}: ${end.line.text}` : end.kind))
    : open;
}

function came(from: 'a' | 'b' | 'peer', destination: string, to: Place): boolean {
  const before = arrived(to);
  shell(from, `bash -c 'echo x >/dev/udp/${destination}/${PORT}'; sleep 0.05`);
  return arrived(to) > before;
}

describe.skipIf(!canMakeNamespaces)('frames that a bridge hands on', () => {
  beforeAll(() => {
    for (const place of PLACES) execFileSync('ip', ['netns', 'add', `${id}-${place}`]);
    shell(
      'node',
      `sysctl -qw net.ipv4.ip_forward=1; ip link set lo up
      ip link add br0 type bridge; ip addr add 10.64.0.1/24 dev br0
      for p in a b; do ip link add v$p type veth peer name eth0 netns ${id}-$p; ip link set v$p master br0 up; done
      ip link set br0 up; ip link add cable type veth peer name eth0 netns ${id}-peer
      ip addr add 10.65.0.1/24 dev cable
      ip link set cable up`,
    );
    for (const place of ['a', 'b', 'peer'] as const)
      shell(
        place,
        `ip addr add ${ADDRESSES[place]}/24 dev eth0; ip link set eth0 up
        ip route add default via ${place === 'peer' ? '10.65.0.1' : '10.64.0.1'}; nft '${COUNT}'`,
      );
  }, 30_000);

  afterAll(() => {
    for (const place of PLACES) execFileSync('ip', ['netns', 'del', `${id}-${place}`]);
  });

  const brDrop = (hook: string, rule: string) =>
    `table bridge t { chain c { type filter hook ${hook} priority 0; ${rule} counter drop; }; }`;
  const ipDrop = (hook: string, rule: string) =>
    `table ip t { chain c { type filter hook ${hook} priority 0; ${rule} counter drop; }; }`;
  const DNAT =
    `table ip n { chain c { type nat hook prerouting priority -100; ip daddr ${ADDRESSES.service} dnat to ` +
    `${ADDRESSES.b}; }; }`;
  const toB = `ip daddr ${ADDRESSES.b}`;

  test.each<[string, { rules?: string; seen?: 0 | 1; from: 'a' | 'peer'; to: Place; destination?: string }, string]>([
    ['from pod to pod without rules', { from: 'a', to: 'b' }, 'left'],
    ['from pod to peer without rules', { from: 'a', to: 'peer' }, 'left'],
    ['dropped in the bridge by its address', { rules: brDrop('forward', toB), from: 'a', to: 'b' }, 'dropped'],
    ['not dropped there where it comes from a cable', { rules: brDrop('forward', toB), from: 'peer', to: 'b' }, 'left'],
    ['dropped as the node gives it to the bridge', { rules: brDrop('output', toB), from: 'peer', to: 'b' }, 'dropped'],
    ['dropped behind the bridge', { rules: brDrop('postrouting', toB), from: 'peer', to: 'b' }, 'dropped'],
    [
      'dropped as the bridge gives it to the node',
      { rules: brDrop('input', `ip daddr ${ADDRESSES.peer}`), from: 'a', to: 'peer' },
      'dropped',
    ],
    ['not dropped there where it stays', { rules: brDrop('input', toB), from: 'a', to: 'b' }, 'left'],
    ['dropped by IP where IP sees it', { rules: ipDrop('forward', toB), seen: 1, from: 'a', to: 'b' }, 'dropped'],
    ['not dropped by IP where IP does not', { rules: ipDrop('forward', toB), seen: 0, from: 'a', to: 'b' }, 'left'],
    [
      'dropped in the bridge though a Service led it to another port',
      { rules: `${DNAT}\n${brDrop('forward', toB)}`, seen: 1, from: 'a', to: 'b', destination: ADDRESSES.service },
      'dropped',
    ],
    [
      'dropped on its way to the bridge where IP does not see it and a Service leads it back',
      { rules: `${DNAT}\n${brDrop('output', toB)}`, seen: 0, from: 'a', to: 'b', destination: ADDRESSES.service },
      'dropped',
    ],
  ])('%s', (_, { rules = '', seen = 0, from, to, destination = ADDRESSES[to as 'a' | 'b' | 'peer'] }, expected) => {
    shell(
      'node',
      `nft flush ruleset; sysctl -qw net.bridge.bridge-nf-call-iptables=${seen} 2>/dev/null || [ ${seen} = 0 ]`,
    );
    if (rules !== '') at('node', 'nft', rules);
    const [end, ...others] = walked(from, destination);
    expect(others).toEqual([]);
    expect(end).toMatch(new RegExp(`^${expected}`));
    expect(came(from, destination, to)).toBe(expected === 'left');
  });

  test('by ports that the walk does not know are left open', () => {
    at('node', 'nft', `flush ruleset; ${brDrop('forward', 'iifname "va"')}`);
    expect(walked('a', ADDRESSES.b).join()).toContain('by which port of the bridge it goes');
    expect(came('a', ADDRESSES.b, 'b')).toBe(false);
  });

  test('between ports that are isolated does not pass, and from a cable to one of them does', () => {
    at('node', 'nft', 'flush ruleset');
    shell('node', 'for p in va vb; do bridge link set dev $p isolated on; done');
    try {
      expect(walked('a', ADDRESSES.b)).toEqual(['device-down: 2 of 2 ports of br0 are isolated from each other']);
      expect(came('a', ADDRESSES.b, 'b')).toBe(false);
      expect(walked('peer', ADDRESSES.b)).toEqual(['left']);
      expect(came('peer', ADDRESSES.b, 'b')).toBe(true);
    } finally {
      shell('node', 'for p in va vb; do bridge link set dev $p isolated off; done');
    }
  });
});
