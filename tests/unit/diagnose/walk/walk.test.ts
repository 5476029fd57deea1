import { describe, expect, test } from 'vitest';
import { walk, type Entry, type NodeState, type Packet } from '../../../../helpers/diagnose/walk/index.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { datagram, iptables, ROUTER, routes, rules, sysctls } from './state.ts';

const FROM_R0: Entry = { by: 'device', device: 'r0' };
const OWN: Entry = { by: 'process' };
const HERE = '10.61.0.2';
const THERE = '10.62.0.2';

const ends = (state: Partial<NodeState>, packet: Packet, entry: Entry = FROM_R0) =>
  walk({ ...ROUTER, ...state }, packet, entry).paths.map(({ end }) => ({
    kind: end.kind,
    line: 'line' in end ? end.line.text : undefined,
    destination: `${end.packet.destination}:${end.packet.destinationPort}`,
    source: end.packet.source,
  }));
const end = (state: Partial<NodeState>, packet: Packet, entry: Entry = FROM_R0) => ends(state, packet, entry)[0];

describe('a packet through a router', () => {
  test.each<[string, Partial<NodeState>, object]>([
    ['goes on', {}, { kind: 'left' }],
    [
      'ends at a route that refuses, narrower than the one that leads on',
      { routes: routes({ type: 'unreachable', dst: THERE }) },
      { kind: 'unreachable', line: `unreachable ${THERE}/32` },
    ],
    [
      'goes on by a route of a lower metric than the one that swallows it',
      { routes: routes({ type: 'blackhole', dst: THERE, metric: 9 }, { dst: THERE, dev: 'r1', metric: 5 }) },
      { kind: 'left' },
    ],
    [
      'ends at a routing rule',
      { rules: rules({ priority: 100, src: '10.61.0.0', srclen: 24, action: 'prohibit' }) },
      { kind: 'prohibited', line: '100: from 10.61.0.0/24 prohibit' },
    ],
    [
      'is not forwarded from a device that does not forward',
      { sysctls: sysctls({ 'net.ipv4.conf.r0.forwarding': '0' }) },
      { kind: 'not-forwarded', line: 'net.ipv4.conf.r0.forwarding = 0' },
    ],
    [
      'ends where the way back to its source leads elsewhere and the filter is strict',
      {
        sysctls: sysctls({ 'net.ipv4.conf.r0.rp_filter': '1' }),
        routes: routes({ dst: HERE, dev: 'r2' }),
      },
      { kind: 'reverse-path', line: 'net.ipv4.conf.r0.rp_filter = 1' },
    ],
    [
      'passes a loose filter if there is any way back',
      {
        sysctls: sysctls({ 'net.ipv4.conf.r0.rp_filter': '2' }),
        routes: routes({ dst: HERE, dev: 'r2' }),
      },
      { kind: 'left' },
    ],
    [
      'is dropped by the one rule that takes it',
      { rulesets: iptables('filter', ['FORWARD'], '-A FORWARD -d 10.9.9.9 -j DROP', '-A FORWARD -p udp -j DROP') },
      { kind: 'dropped', line: '-p udp -j DROP' },
    ],
    [
      'is sent to another host',
      { rulesets: iptables('nat', ['PREROUTING'], '-A PREROUTING -j DNAT --to-destination 10.62.0.2:5353') },
      { kind: 'left', destination: `${THERE}:5353` },
    ],
  ])('%s', (_, state, expected) => {
    expect(end(state, datagram(HERE, THERE))).toMatchObject(expected);
  });

  test('too big for the next cable is not sent on where it must not be cut', () => {
    const state = { routes: routes({ dst: THERE, dev: 'r1', metrics: [{ mtu: 1300 }] }) };
    expect(end(state, { ...datagram(HERE, THERE), bytes: 1400 })).toMatchObject({
      kind: 'too-big',
      line: 'r1 mtu 1300, the packet has 1400 bytes',
    });
    expect(end(state, { ...datagram(HERE, THERE), bytes: 1400, dontFragment: false })).toMatchObject({ kind: 'left' });
  });
});

describe('of what happens by chance and what is not known', () => {
  const spread = iptables(
    'nat',
    ['PREROUTING'],
    '-A PREROUTING -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.62.0.2',
    '-A PREROUTING -j DNAT --to-destination 10.63.0.2',
  );

  test('a random choice is walked on all its branches, and leaves nothing open', () => {
    const state = { ...ROUTER, rulesets: spread };
    const walked = walk(state, datagram(HERE, '10.96.0.10'), FROM_R0);
    expect(walked.paths.map(({ end: { packet } }) => packet.destination)).toEqual(['10.62.0.2', '10.63.0.2']);
    expect(walked.isTold).toBe(true);
  });

  test('a match that is not known leaves the end open, and is said', () => {
    const state = { ...ROUTER, rulesets: iptables('filter', ['FORWARD'], '-A FORWARD -m bpf --bytecode "4" -j DROP') };
    const walked = walk(state, datagram(HERE, THERE), FROM_R0);
    expect(walked.paths.map(({ end: { kind } }) => kind)).toEqual(['dropped', 'left']);
    expect(walked.isTold).toBe(false);
    expect(walked.open).toEqual([expect.stringContaining('-m bpf')]);
  });

  test('a match that is not known leaves nothing open where the packet is dropped either way', () => {
    const state = {
      ...ROUTER,
      rulesets: iptables('filter', ['FORWARD'], '-A FORWARD -m bpf --bytecode "4" -j DROP', '-A FORWARD -j DROP'),
    };
    expect(walk(state, datagram(HERE, THERE), FROM_R0)).toMatchObject({ isTold: true, open: [] });
  });

  test('rules that were not read are said to be missing', () => {
    const walked = walk({ ...ROUTER, rulesets: undefined }, datagram(HERE, THERE), FROM_R0);
    expect(walked).toMatchObject({ isTold: false, open: ['the rules of its firewall were not read'] });
  });

  test('a limit before a log leaves nothing open', () => {
    const state = {
      ...ROUTER,
      rulesets: iptables('filter', ['FORWARD'], '-A FORWARD -m limit --limit 3/min -j LOG --log-prefix x'),
    };
    expect(walk(state, datagram(HERE, THERE), FROM_R0).isTold).toBe(true);
  });
});

describe('the kernel showed that', () => {
  const EVERYWHERE = ['PREROUTING', 'OUTPUT', 'POSTROUTING'];

  test('the way back to a source is asked as if the answer came in by the device that the packet leaves by', () => {
    const state = {
      sysctls: sysctls({ 'net.ipv4.conf.r0.rp_filter': '1' }),
      rules: rules({ priority: 101, src: THERE, iif: 'r1', action: 'unreachable' }),
    };
    expect(end(state, datagram(HERE, THERE))).toMatchObject({ kind: 'reverse-path' });
  });

  test('protocols are looked at on the way in only where a routing rule for other devices than the loopback asks', () => {
    const state = {
      sysctls: sysctls({ 'net.ipv4.conf.r0.rp_filter': '2' }),
      rules: rules({ priority: 100, src: 'all', iif: 'lo', ipproto: 'udp', action: 'prohibit' }),
    };
    expect(end(state, datagram(HERE, '10.61.0.1'))).toMatchObject({ kind: 'delivered' });
  });

  test('the order of chains of one priority is not in the state', () => {
    const place = { family: 'ip', table: 't' } as const;
    const chain = (name: string, expr: object[]) => [
      { chain: { ...place, name, type: 'filter', hook: 'forward', prio: 5, policy: 'accept' } },
      { rule: { ...place, chain: name, expr } },
    ];
    const marked = { match: { op: '==', left: { meta: { key: 'mark' } }, right: 1 } };
    const rulesets = [
      readNftRuleset({
        nftables: [
          ...chain('a', [{ mangle: { key: { meta: { key: 'mark' } }, value: 1 } }]),
          ...chain('b', [marked, { drop: null }]),
        ],
      }),
    ];
    expect(walk({ ...ROUTER, rulesets }, datagram(HERE, THERE), FROM_R0)).toMatchObject({
      isTold: false,
      paths: [{ end: { kind: 'dropped' } }, { end: { kind: 'left' } }],
    });
  });

  test('rules of OUTPUT see the device of before, where a translation has led the packet elsewhere', () => {
    const [nat, filter] = [
      iptables('nat', EVERYWHERE, '-A OUTPUT -j DNAT --to-destination 10.62.0.2'),
      iptables('filter', ['OUTPUT'], '-A OUTPUT -o lo -j DROP'),
    ];
    expect(end({ rulesets: [...(nat ?? []), ...(filter ?? [])] }, datagram(undefined, '10.61.0.1'), OWN)).toMatchObject(
      {
        kind: 'dropped',
        line: '-o lo -j DROP',
      },
    );
  });

  test('what leaves by the loopback is given the first address of any device', () => {
    const state = { rulesets: iptables('nat', EVERYWHERE, '-A POSTROUTING -j MASQUERADE') };
    expect(end(state, datagram('10.62.0.1', '10.62.0.1'), OWN)).toMatchObject({
      kind: 'delivered',
      source: '10.61.0.1',
    });
  });

  test('a connection is routed a second time with its source, and a datagram is not', () => {
    const state = { rules: rules({ priority: 100, src: '10.61.0.0', srclen: 24, action: 'unreachable' }) };
    expect(end(state, datagram(undefined, HERE), OWN)).toMatchObject({ kind: 'left' });
    expect(end(state, { ...datagram(undefined, HERE), protocol: 'tcp' }, OWN)).toMatchObject({ kind: 'unreachable' });
  });

  test('a packet that is not tracked yet is invalid', () => {
    const raw = iptables('raw', EVERYWHERE, '-A PREROUTING -m conntrack --ctstate INVALID -j DROP');
    expect(end({ rulesets: raw }, datagram(HERE, THERE))).toMatchObject({ kind: 'dropped' });
  });

  test('an answer is translated back, and its rules of translation are not asked', () => {
    const state = {
      rulesets: iptables('nat', EVERYWHERE, '-A PREROUTING -j DNAT --to-destination 10.62.0.2:5353'),
    };
    const [path] = walk({ ...ROUTER, ...state }, datagram(HERE, '10.96.0.10'), FROM_R0).paths;
    const answer = { ...datagram(THERE, HERE, 40_000), sourcePort: 5353 };
    const connections = path?.connection ? [path.connection] : [];
    expect(end({ ...state, connections }, answer, { by: 'device', device: 'r1' })).toMatchObject({
      kind: 'left',
      source: '10.96.0.10',
    });
  });
});

test('a verdict map with an interval and a map of addresses are followed', () => {
  const place = { family: 'ip', table: 't' } as const;
  const rulesets = [
    readNftRuleset({
      nftables: [
        { chain: { ...place, name: 'c', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' } },
        {
          rule: {
            ...place,
            chain: 'c',
            expr: [
              {
                vmap: {
                  key: { payload: { protocol: 'udp', field: 'dport' } },
                  data: { set: [[{ range: [50, 60] }, { drop: null }]] },
                },
              },
            ],
          },
        },
        { chain: { ...place, name: 'n', type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' } },
        {
          rule: {
            ...place,
            chain: 'n',
            expr: [
              {
                dnat: {
                  addr: {
                    map: {
                      key: { payload: { protocol: 'ip', field: 'daddr' } },
                      data: { set: [['10.96.0.10', THERE]] },
                    },
                  },
                },
              },
            ],
          },
        },
      ],
    }),
  ];
  expect(end({ rulesets }, datagram(HERE, '10.96.0.10', 80))).toMatchObject({
    kind: 'left',
    destination: `${THERE}:80`,
  });
  expect(end({ rulesets }, datagram(HERE, '10.96.0.10', 53))).toMatchObject({ kind: 'dropped' });
});
