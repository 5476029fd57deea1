import * as fc from 'fast-check';
import { OUTSIDE } from './bench.ts';
import { iptablesRules } from './iptables-states.ts';
import { nftRules } from './nft-states.ts';
import { DESTINATIONS, PORTS } from './pools.ts';

/** A state of the router under test, in the words of the programs that make it. */
export interface KernelState {
  /** Behind `ip route add`. */
  routes: string[];
  /** Behind `ip rule add`. */
  rules: string[];
  /** Under /proc/sys/net/ipv4/conf. */
  sysctls: [name: string, value: number][];
  /** A file for `nft -f`. */
  nft: string;
  /** For `iptables-restore`, by this backend. */
  iptables: string;
  backend: 'nft' | 'legacy';
  /** For `ipset restore`. */
  ipsets: string[];
  packets: KernelPacket[];
}

export interface KernelPacket {
  protocol: 'tcp' | 'udp';
  /** Left out by the router itself, which chooses. */
  source?: string;
  isOwn: boolean;
  destination: string;
  destinationPort: number;
  bytes: number;
}

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
const cable = oneOf([0, 1, 2]);
const gateway = fc.tuple(cable, oneOf([2, 3])).map(([at, last]) => `via 10.6${at + 1}.0.${last} dev r${at}`);

const destination = oneOf([
  'default',
  '172.20.0.0/16',
  '172.20.1.0/24',
  '172.20.1.5',
  '172.20.2.0/24',
  '192.0.2.0/24',
  '192.0.2.7',
  '10.62.0.2',
  '10.63.0.0/29',
  '10.96.0.0/12',
]);

const table = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: oneOf([' table 100', ' table 200']) },
);
const metric = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: oneOf([' metric 5', ' metric 50']) },
);

const route = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(destination, gateway, table, metric, oneOf(['', '', '', ' mtu 1300', ' onlink', ' proto 188']))
      .map(([to, by, where, cost, more]) => `${to} ${by}${where}${cost}${more}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(destination, cable, table, metric)
      .map(([to, at, where, cost]) => `${to} dev r${at}${where}${cost}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(oneOf(['blackhole', 'unreachable', 'prohibit', 'throw']), destination, table, metric)
      .map(([kind, to, where, cost]) => `${kind} ${to}${where}${cost}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(destination, gateway, gateway, table)
      .map(([to, one, other, where]) => `${to}${where} nexthop ${one} nexthop ${other}`),
  },
);

const selector = oneOf([
  'from all',
  'from 10.61.0.0/24',
  'from 172.20.1.5',
  'from 10.61.0.1',
  'to 172.20.0.0/16',
  'to 192.0.2.7',
  'to 10.62.0.0/24',
  'iif r0',
  'iif r1',
  'iif lo',
  'fwmark 0x1',
  'fwmark 0x10/0xf0',
  'ipproto udp',
  'ipproto tcp dport 80',
  'dport 50-100',
  'not from 10.61.0.0/24',
]);
const action = oneOf([
  'lookup 100',
  'lookup 100',
  'lookup 200',
  'lookup main',
  'lookup main suppress_prefixlength 0',
  'lookup 100 suppress_prefixlength 16',
  'blackhole',
  'unreachable',
  'prohibit',
  'goto 32766',
]);
const rule = fc
  .tuple(fc.integer({ min: 100, max: 199 }), selector, selector, action)
  .map(([pref, one, other, what]) =>
    one.split(' ')[0] === other.split(' ')[0] || what.startsWith('goto') || other.includes('not')
      ? `pref ${pref} ${one} ${what}`
      : `pref ${pref} ${one} ${other} ${what}`,
  );

const sysctl = fc.oneof(
  fc.tuple(cable, oneOf([0, 1, 2])).map(([at, value]): [string, number] => [`r${at}/rp_filter`, value]),
  oneOf([0, 1, 2]).map((value): [string, number] => ['all/rp_filter', value]),
  cable.map((at): [string, number] => [`r${at}/forwarding`, 0]),
  cable.map((at): [string, number] => [`r${at}/src_valid_mark`, 1]),
  cable.map((at): [string, number] => [`r${at}/route_localnet`, 1]),
);

const packet = fc
  .tuple(
    oneOf(['udp', 'tcp'] as const),
    fc.option(oneOf(Object.keys(OUTSIDE)), { freq: 3, nil: undefined }),
    oneOf(DESTINATIONS),
    oneOf(PORTS),
    oneOf([60, 60, 60, 1450]),
  )
  .map(([protocol, source, to, destinationPort, bytes]): KernelPacket => ({
    protocol,
    source,
    isOwn: source === undefined,
    destination: to,
    destinationPort,
    bytes: protocol === 'tcp' || source === undefined ? 60 : bytes,
  }));

/** Things of which most states have none or few. */
const few = <T>(arbitrary: fc.Arbitrary<T>, most: number) => fc.array(arbitrary, { maxLength: most, size: 'max' });
const rarely = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T) =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });

export const kernelState: fc.Arbitrary<KernelState> = fc
  .record({
    routes: few(route, 5),
    rules: rarely(few(rule, 3), []),
    sysctls: rarely(few(sysctl, 2), []),
    nft: rarely(nftRules, ''),
    filter: rarely(iptablesRules, { iptables: '', ipsets: [] }),
    backend: oneOf(['nft', 'legacy'] as const),
    packets: fc.array(packet, { minLength: 2, maxLength: 5, size: 'max' }),
  })
  // By a default route more of a random state is reached.
  .map(({ filter, routes, ...same }) => ({
    ...same,
    ...filter,
    routes: routes.length % 2 === 0 ? [...routes, 'default via 10.63.0.2 dev r2 metric 100'] : routes,
  }));
