import { describe, expect, test } from 'vitest';
import { walk, type NodeState, type Packet } from '../../../../helpers/diagnose/walk/index.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';
import { datagram, FROM_R0, HERE, iptables, ROUTER, THERE } from './state.ts';

const ANY: Packet = { ...datagram(HERE, THERE), sourcePort: undefined, anyPorts: { from: 32_768, to: 60_999 } };
const dropping = (match: string): NodeState => ({
  ...ROUTER,
  rulesets: iptables('filter', ['FORWARD'], `-A FORWARD -p udp -m udp ${match} -j DROP`),
});
const told = (state: NodeState, packet: Packet) => {
  const { isTold, paths } = walk(state, packet, FROM_R0);
  return isTold ? [...new Set(paths.map(({ end }) => end.kind))] : 'open';
};

describe('a port that is one of a range', () => {
  test.each([
    ['is taken by a rule for all of the range', '--sport 1024:65535', ['dropped']],
    ['is not taken by a rule for others', '--sport 30000:32767', ['left']],
    ['is not that one of many that a rule asks for', '--sport 40000', ['left']],
    ['is open to a rule for a part of the range', '--sport 32768:40000', 'open'],
    ['is open to a rule for all but a part', '! --sport 32768:40000', 'open'],
  ])('%s', (_, match, expected) => {
    expect(told(dropping(match), ANY)).toEqual(expected);
  });
});

describe('a chain of which it is not known at which device it stands', () => {
  const guard = (port: number): NodeState => ({
    ...ROUTER,
    rulesets: [
      readNftRuleset({
        nftables: [
          {
            chain: {
              family: 'netdev',
              table: 'guard',
              name: 'in',
              handle: 1,
              type: 'filter',
              hook: 'ingress',
              prio: 0,
            },
          },
          {
            rule: {
              family: 'netdev',
              table: 'guard',
              chain: 'in',
              handle: 2,
              expr: [
                { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: port } },
                { drop: null },
              ],
            },
          },
        ],
      }),
    ],
  });

  test('leaves open what it would drop, and nothing else', () => {
    expect(told(guard(53), datagram(HERE, THERE))).toBe('open');
    expect(told(guard(54), datagram(HERE, THERE))).toEqual(['left']);
  });
});

test('a rule that uses up the time to live is the line that ends the packet', () => {
  const state = { ...ROUTER, rulesets: iptables('mangle', ['PREROUTING'], '-A PREROUTING -j TTL --ttl-set 1') };
  expect(walk(state, datagram(HERE, THERE), FROM_R0).paths.map(({ end }) => end)).toMatchObject([
    { kind: 'expired', line: { text: '-j TTL --ttl-set 1' } },
  ]);
});

test('an answer to a beginning that the node has not seen belongs to no connection', () => {
  const rules = iptables('filter', ['FORWARD'], '-A FORWARD -m conntrack --ctstate INVALID -j DROP');
  const answer: Packet = { ...datagram(HERE, THERE), protocol: 'tcp', tcpFlags: 18 };
  expect(told({ ...ROUTER, rulesets: rules }, answer)).toEqual(['dropped']);
  expect(told({ ...ROUTER, rulesets: rules }, { ...answer, tcpFlags: 2 })).toEqual(['left']);
});

test('chains of one priority whose order makes no difference leave nothing open', () => {
  const chain = (table: string) => ({
    chain: { family: 'ip', table, name: 'post', handle: 1, type: 'nat', hook: 'postrouting', prio: 100 },
  });
  const rule = (table: string, expr: object[]) => ({ rule: { family: 'ip', table, chain: 'post', handle: 2, expr } });
  const rulesets = (other: object[]) => [
    readNftRuleset({ nftables: [chain('a'), chain('b'), rule('a', [{ masquerade: null }]), rule('b', other)] }),
  ];
  expect(told({ ...ROUTER, rulesets: rulesets([{ masquerade: null }]) }, datagram(HERE, THERE))).toEqual(['left']);
  expect(told({ ...ROUTER, rulesets: rulesets([{ snat: { addr: '10.62.0.9' } }]) }, datagram(HERE, THERE))).toBe(
    'open',
  );
});
