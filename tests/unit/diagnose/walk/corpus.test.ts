import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { withoutDoubles } from '../../../../helpers/diagnose/firewall/doubles.ts';
import { walk, type Entry, type NodeState, type Packet } from '../../../../helpers/diagnose/walk/index.ts';
import type { Ruleset } from '../../../../helpers/model/firewall.ts';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { readIpsets } from '../../../../helpers/nodes/facts/ipset.ts';
import { readAddresses, readForwardingEntries, readLinks } from '../../../../helpers/nodes/facts/links.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { assignments } from '../../../../helpers/nodes/facts/parse.ts';
import { readNeighbours, readRoutes, readRoutingRules } from '../../../../helpers/nodes/facts/routes.ts';
import { FROM_R0, HERE, ROUTER, THERE } from './state.ts';

// Rules as the programs themselves write them; the folder says which and how.
const FOLDER = fileURLToPath(new URL('../../nodes/facts/corpus/firewalls/', import.meta.url));
const text = (path: string): string => readFileSync(FOLDER + path, 'utf8');
const json = (path: string): unknown => JSON.parse(text(path));

function read(path: string): Ruleset {
  if (path.endsWith('nft')) return readNftRuleset(json(path));
  return readIptablesSave(text(path), path.endsWith('ip6tables-save') ? 'ip6' : 'ip');
}

const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => /save$|nft$/.test(path))
  .toSorted();
/** A program's file by itself, and a node's together: what iptables wrote shows in nft as well. */
const STATES = Map.groupBy(FILES, (path) => (path.includes('/') ? path.replace(/\/.*/, '') : path));

test.each([...STATES])('%s is read without a word that is not known', (_, paths) => {
  const rulesets = withoutDoubles(paths.map(read));
  const unknown = rulesets
    .flatMap(({ rules }) => rules)
    .filter(({ matches, statements, verdict }) =>
      [...matches, ...statements, verdict].some((part) => part?.kind === 'unknown'),
    );
  expect(rulesets.flatMap(({ chains }) => chains).length).toBeGreaterThan(0);
  expect(unknown.map((rule) => rule.text)).toEqual([]);
});

const beginning = (source: string, destination: string, destinationPort: number): Packet => ({
  family: 'ipv4',
  protocol: 'tcp',
  source,
  anyPorts: { from: 32_768, to: 60_999 },
  destination,
  destinationPort,
  tcpFlags: 2,
  bytes: 60,
});

const endOf = (state: NodeState, packet: Packet, entry: Entry) => {
  const { paths, isTold, open } = walk(state, packet, entry);
  return { isTold, open, ends: paths.map(({ end }) => [end.kind, 'line' in end ? end.line?.text : undefined]) };
};

const ROUTERS_OWN = '10.61.0.1';

describe('a router with the rules of a program', () => {
  test.each([
    ['ufw.iptables-save', 'lets in what is allowed', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['ufw.iptables-save', 'drops what nobody allowed', ROUTERS_OWN, 8080, ['dropped', 'policy drop']],
    ['ufw.iptables-save', 'forwards nothing where that is denied', THERE, 22, ['dropped', 'policy drop']],
    ['firewalld.nft', 'lets in what its zone allows', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['firewalld.nft', 'refuses the rest', ROUTERS_OWN, 8080, ['refused', 'reject with icmpx admin-prohibited']],
    ['firewalld.nft', 'refuses to forward', THERE, 22, ['refused', 'reject with icmpx admin-prohibited']],
    ['docker.iptables-save', 'lets in all', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['docker.iptables-save', 'forwards for its containers alone', THERE, 22, ['dropped', 'policy drop']],
    ['fail2ban.iptables-save', 'lets in who is not banned', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['fail2ban.nft', 'lets in who is not banned', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['tailscale.iptables-save', 'lets in all but its own range', ROUTERS_OWN, 22, ['delivered', undefined]],
    ['tailscale.iptables-save', 'forwards', THERE, 22, ['left', undefined]],
  ])('%s: %s', (path, _, destination, port, end) => {
    const state = { ...ROUTER, rulesets: [read(path)] };
    expect(endOf(state, beginning(HERE, destination, port), FROM_R0)).toEqual({ isTold: true, open: [], ends: [end] });
  });

  test.each([
    ['fail2ban.iptables-save', '198.51.100.7', 22],
    ['fail2ban.nft', '198.51.100.7', 22],
    ['fail2ban.iptables-save', '198.51.100.8', 8080],
    ['fail2ban.nft', '198.51.100.8', 8080],
  ])('%s: refuses %s, which is banned, at port %d', (path, source, port) => {
    const state = { ...ROUTER, rulesets: [read(path)] };
    expect(endOf(state, beginning(source, ROUTERS_OWN, port), FROM_R0).ends).toEqual([
      ['refused', expect.stringContaining(path.endsWith('nft') ? 'reject' : source)],
    ]);
  });

  test('tailscale.iptables-save: drops who has an address of its range and comes by another device', () => {
    const state = { ...ROUTER, rulesets: [read('tailscale.iptables-save')] };
    expect(endOf(state, beginning('100.64.0.9', ROUTERS_OWN, 22), FROM_R0).ends).toEqual([
      ['dropped', '-s 100.64.0.0/10 ! -i tailscale0 -j DROP'],
    ]);
  });
});

/** A node of a lab as its programs had left it. */
function nodeOf(folder: string, rules: readonly string[]): NodeState {
  const files = new Set(readdirSync(FOLDER + folder));
  return {
    links: readLinks(json(`${folder}/ip-link`)),
    addresses: readAddresses(json(`${folder}/ip-addr`)),
    routes: readRoutes(json(`${folder}/ip-route`)),
    rules: readRoutingRules(json(`${folder}/ip-rule`), 'ipv4'),
    neighbours: readNeighbours(json(`${folder}/ip-neigh`)),
    forwards: readForwardingEntries(json(`${folder}/bridge-fdb`)),
    sysctls: assignments(text(`${folder}/sysctl`)),
    ipsets: files.has('ipset') ? readIpsets(text(`${folder}/ipset`)) : [],
    rulesets: withoutDoubles(rules.map((name) => read(`${folder}/${name}`))),
    connections: [],
  };
}

const NFTABLES = nodeOf('lab-nftables', ['nft', 'iptables-save', 'ip6tables-save']);
const CALICO = nodeOf('lab-calico', ['iptables-save', 'ip6tables-save']);
const ASKING = { 'lab-nftables': ['10.42.2.2', 'cni0'], 'lab-calico': ['10.42.176.193', 'calib2f2f5e5b4c'] } as const;

describe('a node of a lab', () => {
  test.each([
    ['lab-nftables', NFTABLES],
    ['lab-calico', CALICO],
  ] as const)('%s: what a pod asks of the DNS Service goes to every replica of it', (name, state) => {
    const [source, device] = ASKING[name];
    const { isTold, open, ends } = endOf(state, beginning(source, '10.43.0.10', 53), { by: 'device', device });
    expect({ isTold, open }).toEqual({ isTold: true, open: [] });
    expect(new Set(ends.map(([kind]) => kind))).toEqual(new Set(['left']));
    expect(ends.length).toBeGreaterThan(1);
  });

  test.each([
    ['lab-nftables', NFTABLES],
    ['lab-calico', CALICO],
  ] as const)('%s: a Service of no endpoint and of no port is refused, or led nowhere', (name, state) => {
    const [source, device] = ASKING[name];
    const { isTold } = endOf(state, beginning(source, '10.43.0.10', 54), { by: 'device', device });
    expect(isTold).toBe(true);
  });

  test.each([
    ['lab-nftables', NFTABLES],
    ['lab-calico', CALICO],
  ] as const)('%s: another node reaches the kubelet', (_, state) => {
    const asked = endOf(state, beginning('10.0.0.110', '10.0.0.111', 10_250), { by: 'device', device: 'eth0' });
    expect(asked).toEqual({ isTold: true, open: [], ends: [['delivered', undefined]] });
  });
});
