import { describe, expect, it } from 'vitest';
import {
  dropTakes,
  namesPort,
  takesAllOfAProtocol,
  takesNewConnections,
} from '../../../../helpers/diagnose/firewall/drops.ts';
import { firewallOf } from '../../../../helpers/diagnose/firewall/index.ts';
import { readIptablesSave } from '../../../../helpers/nodes/facts/iptables.ts';
import { readNftRuleset } from '../../../../helpers/nodes/facts/nft.ts';

const iptables = (rule: string) =>
  firewallOf([readIptablesSave(`*filter\n:INPUT ACCEPT [0:0]\n[9:540] -A INPUT ${rule}\nCOMMIT\n`)]).drops;
const chain = { chain: { family: 'inet', table: 'filter', name: 'in', hook: 'input', policy: 'accept' } };
const nft = (...expr: object[]) =>
  firewallOf([
    readNftRuleset({
      nftables: [
        chain,
        {
          rule: {
            family: 'inet',
            table: 'filter',
            chain: 'in',
            expr: [...expr, { counter: { packets: 9, bytes: 540 } }, { drop: null }],
          },
        },
      ],
    }),
  ]).drops;
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const dport = (right: unknown, op = '==') => match({ payload: { protocol: 'udp', field: 'dport' } }, right, op);
const saddr = (right: unknown, op = '==') => match({ payload: { protocol: 'ip', field: 'saddr' } }, right, op);
const l4proto = (right: unknown) => match({ meta: { key: 'l4proto' } }, right);

describe('a rule that drops', () => {
  it.each([
    ['the port', iptables('-p udp --dport 8472 -j DROP'), nft(dport(8472))],
    [
      'a range around the port',
      iptables('-p udp -m multiport --dports 8000:9000 -j DROP'),
      nft(dport({ range: [8000, 9000] })),
    ],
    ['all of its protocol', iptables('-p udp -j DROP'), nft(l4proto('udp'))],
    ['what comes by one device', iptables('-i eth0 -j DROP'), nft(match({ meta: { key: 'iifname' } }, 'eth0'))],
    ['everything', iptables('-j DROP'), nft()],
  ])('%s drops all UDP to 8472', (_, ...read) => {
    expect(read.map((drops) => drops.map((drop) => dropTakes(drop, { protocol: 'udp', port: 8472 })))).toEqual([
      ['all'],
      ['all'],
    ]);
  });

  it.each([
    ['another port', iptables('-p udp --dport 53 -j DROP'), nft(dport(53))],
    ['a port that has this one in its digits', iptables('-p udp --dport 84 -j DROP'), nft(dport(18_472))],
    ['all ports but this one', iptables('-p udp ! --dport 8472 -j DROP'), nft(dport(8472, '!='))],
    ['another protocol', iptables('-p tcp -j DROP'), nft(l4proto('tcp'))],
  ])('%s leaves UDP to 8472 alone', (_, ...read) => {
    expect(read.map((drops) => drops.map((drop) => dropTakes(drop, { protocol: 'udp', port: 8472 })))).toEqual([
      ['none'],
      ['none'],
    ]);
  });

  it.each([
    [
      'what belongs to no connection',
      iptables('-p udp --dport 8472 -m conntrack --ctstate INVALID -j DROP'),
      nft(dport(8472), match({ ct: { key: 'state' } }, 'invalid', 'in')),
    ],
    [
      'what a module says that is not known',
      iptables('-p udp --dport 8472 -m bpf --bytecode "1,6 0 0 1" -j DROP'),
      nft(dport(8472), { xt: { type: 'match', name: 'bpf' } }),
    ],
    [
      'addresses of a set that rules fill',
      iptables('-p udp --dport 8472 -m set --match-set bad src -j DROP'),
      nft(dport(8472), saddr('@bad')),
    ],
  ])('%s may drop some UDP to 8472', (_, ...read) => {
    const sort = { protocol: 'udp', port: 8472, source: '10.0.0.1' } as const;
    expect(read.map((drops) => drops.map((drop) => dropTakes(drop, sort)))).toEqual([['some'], ['some']]);
  });

  it.each([
    ['10.0.0.99', 'all'],
    ['10.0.0.9', 'none'],
    ['fd00::1', 'none'],
  ])('what comes from 10.0.0.99 takes what comes from %s: %s', (source, expected) => {
    expect(
      [iptables('-s 10.0.0.99/32 -j DROP'), nft(saddr('10.0.0.99'))].map(
        ([drop]) => drop && dropTakes(drop, { source }),
      ),
    ).toEqual([expected, expected]);
  });

  it.each([
    ['10.0.0.9', 'all'],
    ['10.0.0.10', 'none'],
  ])('a range of addresses takes what comes from %s: %s', (source, expected) => {
    const [drop] = nft(saddr({ range: ['10.0.0.2', '10.0.0.9'] }));
    expect(drop && dropTakes(drop, { source })).toBe(expected);
  });

  it('in a chain to which nothing leads is none', () => {
    const text = '*filter\n:INPUT ACCEPT [0:0]\n:MINE - [0:0]\n-A MINE -j DROP\nCOMMIT\n';
    expect(firewallOf([readIptablesSave(text)]).drops).toEqual([]);
  });

  it('in a chain of its own keeps to what the rule before it asks', () => {
    const text =
      '*filter\n:FORWARD ACCEPT [0:0]\n:MINE - [0:0]\n-A FORWARD -s 10.42.0.0/16 -j MINE\n-A MINE -j DROP\nCOMMIT\n';
    const [drop] = firewallOf([readIptablesSave(text)]).drops;
    expect(drop).toMatchObject({ hook: 'forward', chain: 'iptables MINE' });
    expect(['10.42.1.2', '10.0.0.1'].map((source) => drop && dropTakes(drop, { source }))).toEqual(['all', 'none']);
  });

  it('is shown once where nft and iptables-save both show it', () => {
    const both = firewallOf([
      readNftRuleset({
        nftables: [
          { chain: { family: 'ip', table: 'filter', name: 'INPUT', hook: 'input', policy: 'drop' } },
          { rule: { family: 'ip', table: 'filter', chain: 'INPUT', expr: [{ drop: null }] } },
        ],
      }),
      readIptablesSave('*filter\n:INPUT DROP [3:180]\n[9:540] -A INPUT -j DROP\nCOMMIT\n'),
    ]);
    expect(both.drops.map(({ chain: where, text, packets }) => [where, text, packets])).toEqual([
      ['iptables INPUT', 'policy drop', 3],
      ['iptables INPUT', '-j DROP', 9],
    ]);
  });
});

describe('a port', () => {
  const named = (save: string) => firewallOf([readIptablesSave(save)]).isPortNamed('udp', 8472);

  it('that stands in a counter alone is named by no rule', () => {
    expect(named('*filter\n:INPUT DROP [84720:8472]\n[84720:8472] -A INPUT -i lo -j ACCEPT\nCOMMIT\n')).toBe(false);
  });

  it('that a rule accepts is named', () => {
    expect(named('*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -m udp --dport 8472 -j ACCEPT\nCOMMIT\n')).toBe(true);
  });

  it('is named by a drop only where the drop does not except it', () => {
    const names = (rule: string) => iptables(rule).map((drop) => namesPort(drop, 'udp', 8472));
    expect([names('-p udp --dport 8472 -j DROP'), names('-p udp ! --dport 8472 -j DROP'), names('-j DROP')]).toEqual([
      [true],
      [false],
      [false],
    ]);
  });
});

describe('what a node drops of its own pods', () => {
  it.each([
    ['-j DROP', true],
    ['-s 10.42.0.0/16 -j REJECT --reject-with icmp-port-unreachable', true],
    ['-p udp -j DROP', true],
    ['-p icmp -j DROP', false],
    ['-p tcp --dport 22 -j DROP', false],
    ['-m limit --limit 3/min -j DROP', false],
    ['-m conntrack --ctstate INVALID -j DROP', false],
    ['-m set --match-set blocked src -j DROP', false],
  ])('is all of a protocol by %s: %s', (rule, expected) => {
    expect(iptables(rule).map(takesAllOfAProtocol)).toEqual([expected]);
  });

  it.each([
    ['-m conntrack --ctstate NEW -j DROP', true],
    ['-m addrtype --dst-type LOCAL -j DROP', true],
    ['-m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP', true],
    ['-m conntrack --ctstate INVALID -j DROP', false],
    ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP', false],
    ['-m addrtype --dst-type BROADCAST -j DROP', false],
  ])('are new connections by %s: %s', (rule, expected) => {
    expect(iptables(rule).map(takesNewConnections)).toEqual([expected]);
  });
});
