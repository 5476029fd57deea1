import { describe, expect, test } from 'vitest';
import { walk, type NodeState } from '../../../../helpers/diagnose/walk/index.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { datagram, end, FROM_R0, HERE, iptables, ROUTER, routes, rules, sysctls, THERE } from './state.ts';

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
      'ends at the route that throws it out of the only table that leads on',
      { routes: routes({ dst: '10.64.0.0/24', dev: 'r1' }, { type: 'throw', dst: THERE }) },
      { kind: 'no-route', line: `throw ${THERE}/32` },
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
