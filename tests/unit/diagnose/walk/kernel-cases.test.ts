import { describe, expect, test } from 'vitest';
import { walk } from '../../../../helpers/diagnose/walk/index.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { datagram, end, FROM_R0, HERE, iptables, OWN, ROUTER, rules, sysctls, THERE } from './state.ts';

// What random states and real packets have shown, made small.

describe('the kernel showed that', () => {
  const EVERYWHERE = ['PREROUTING', 'OUTPUT', 'POSTROUTING'];

  test('the way back to a source is asked as if the answer came in by the device that the packet leaves by', () => {
    const state = {
      sysctls: sysctls({ 'net.ipv4.conf.r0.rp_filter': '1' }),
      rules: rules({ priority: 101, src: THERE, iif: 'r1', action: 'unreachable' }),
    };
    expect(end(state, datagram(HERE, THERE))).toMatchObject({ kind: 'reverse-path' });
  });

  test('the protocol is looked at on the way in only where a routing rule for other devices than lo asks', () => {
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
