import { walk, type Entry, type NodeState, type Packet } from '../../../../helpers/diagnose/walk/index.ts';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { readRoutes, readRoutingRules } from '../../../../helpers/nodes/facts/routes.ts';

const CABLES = [0, 1, 2] as const;

/** A router with three cables, 10.61.0.1, 10.62.0.1 and 10.63.0.1, that forwards and has no rules. */
export const ROUTER: NodeState = {
  links: [
    { name: 'lo', flags: ['LOOPBACK', 'UP'], mtu: 65_536 },
    ...CABLES.map((cable) => ({ name: `r${cable}`, flags: ['BROADCAST', 'UP'], mtu: 1500 })),
  ],
  addresses: [
    { device: 'lo', family: 'ipv4', address: '127.0.0.1', prefixLength: 8, scope: 'host' },
    ...CABLES.map((cable) => ({
      device: `r${cable}`,
      family: 'ipv4' as const,
      address: `10.6${cable + 1}.0.1`,
      prefixLength: 24,
      scope: 'global',
    })),
  ],
  routes: routes(),
  rules: rules(),
  neighbours: CABLES.map((cable) => ({
    address: `10.6${cable + 1}.0.2`,
    device: `r${cable}`,
    mac: '02:00:00:00:00:02',
    states: ['PERMANENT'],
  })),
  sysctls: sysctls({}),
  rulesets: [],
  ipsets: [],
};

/** Its own routes and more, as `ip -j route` prints them. */
export function routes(...more: object[]): NonNullable<NodeState['routes']> {
  return readRoutes([
    ...CABLES.map((cable) => ({ dst: `10.6${cable + 1}.0.0/24`, dev: `r${cable}`, prefsrc: `10.6${cable + 1}.0.1` })),
    ...CABLES.map((cable) => ({ type: 'local', dst: `10.6${cable + 1}.0.1`, dev: `r${cable}`, table: 'local' })),
    ...more,
  ]);
}

/** The kernel's own routing rules and more, as `ip -j rule` prints them. */
export function rules(...more: object[]): NonNullable<NodeState['rules']> {
  return readRoutingRules(
    [{ priority: 0, src: 'all', table: 'local' }, { priority: 32_766, src: 'all', table: 'main' }, ...more],
    'ipv4',
  );
}

/** Settings of all devices, with others for some. */
export function sysctls(other: Record<string, string>): Record<string, string> {
  const usual = { rp_filter: '0', forwarding: '1', route_localnet: '0', accept_local: '0', src_valid_mark: '0' };
  const devices = ['all', 'lo', ...CABLES.map((cable) => `r${cable}`)];
  return {
    'net.ipv4.ip_forward': '1',
    ...Object.fromEntries(
      devices.flatMap((device) =>
        Object.entries(usual).map(([leaf, value]) => [`net.ipv4.conf.${device}.${leaf}`, value]),
      ),
    ),
    ...other,
  };
}

/** Rules of one table of iptables, with its chains of that name. */
export const iptables = (table: string, chains: readonly string[], ...lines: string[]): NodeState['rulesets'] => [
  readIptablesSave([`*${table}`, ...chains.map((chain) => `:${chain} ACCEPT [0:0]`), ...lines, 'COMMIT'].join('\n')),
];

/** A small datagram from one host to another. */
export const datagram = (source: string | undefined, destination: string, destinationPort = 53): Packet => ({
  family: 'ipv4',
  protocol: 'udp',
  source,
  sourcePort: 40_000,
  destination,
  destinationPort,
  bytes: 60,
  dontFragment: true,
  ttl: 64,
});

export const FROM_R0: Entry = { by: 'device', device: 'r0' };
export const OWN: Entry = { by: 'process' };
export const HERE = '10.61.0.2';
export const THERE = '10.62.0.2';

/** How each way of a packet ends. */
const ends = (state: Partial<NodeState>, packet: Packet, entry: Entry = FROM_R0) =>
  walk({ ...ROUTER, ...state }, packet, entry).paths.map(({ end }) => ({
    kind: end.kind,
    line: 'line' in end ? end.line?.text : undefined,
    destination: `${end.packet.destination}:${end.packet.destinationPort}`,
    source: end.packet.source,
  }));
/** How the first of them does. */
export const end = (state: Partial<NodeState>, packet: Packet, entry: Entry = FROM_R0) => ends(state, packet, entry)[0];
