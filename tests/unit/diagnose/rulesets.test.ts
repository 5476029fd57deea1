import { describe, expect, it } from 'vitest';
import { drops, readDrops } from '../../../helpers/diagnose/view/rulesets.ts';

const iptables = (rule: string) => readDrops([], `*filter\n:INPUT ACCEPT [0:0]\n[9:540] -A INPUT ${rule}\nCOMMIT\n`);
const nft = (...expr: object[]) =>
  readDrops(
    [
      { chain: { family: 'inet', table: 'filter', name: 'in', hook: 'input' } },
      {
        rule: {
          family: 'inet',
          table: 'filter',
          chain: 'in',
          expr: [...expr, { counter: { packets: 9 } }, { drop: null }],
        },
      },
    ],
    '',
  );
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
const dport = (right: unknown, op = '==') => match({ payload: { protocol: 'udp', field: 'dport' } }, right, op);

/** Whether a rule that was read drops UDP 8472. */
const takes = (read: ReturnType<typeof readDrops>): boolean[] => read.map((drop) => drops(drop, 'udp', 8472));

describe('a rule that drops', () => {
  it.each([
    ['the port', iptables('-p udp --dport 8472 -j DROP'), nft(dport(8472))],
    [
      'a range around the port',
      iptables('-p udp -m multiport --dports 8000:9000 -j DROP'),
      nft(dport({ range: [8000, 9000] })),
    ],
    ['all of its protocol', iptables('-p udp -j DROP'), nft(match({ meta: { key: 'l4proto' } }, 'udp'))],
    ['everything', iptables('-j DROP'), nft()],
  ])('%s drops UDP 8472', (_, ...read) => {
    expect(read.map(takes)).toEqual([[true], [true]]);
  });

  it.each([
    ['another port', iptables('-p udp --dport 53 -j DROP'), nft(dport(53))],
    ['all ports but this one', iptables('-p udp ! --dport 8472 -j DROP'), nft(dport(8472, '!='))],
    ['another protocol', iptables('-p tcp -j DROP'), nft(match({ meta: { key: 'l4proto' } }, 'tcp'))],
    [
      'only what belongs to no connection',
      iptables('-m conntrack --ctstate INVALID -j DROP'),
      nft(match({ ct: { key: 'state' } }, 'invalid', 'in')),
    ],
  ])('%s leaves UDP 8472 alone', (_, ...read) => {
    expect(read.map(takes)).toEqual([[false], [false]]);
  });

  it.each([
    [
      'one address',
      iptables('-s 10.0.0.99/32 -j DROP'),
      nft(match({ payload: { protocol: 'ip', field: 'saddr' } }, '10.0.0.99')),
      ['10.0.0.99/32'],
      ['10.0.0.99'],
    ],
    [
      'a range',
      iptables('-s 10.42.0.0/16 -j DROP'),
      nft(match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '10.42.0.0', len: 16 } })),
      ['10.42.0.0/16'],
      ['10.42.0.0/16'],
    ],
    [
      'all but some',
      iptables('! -s 10.42.0.0/16 -j DROP'),
      nft(match({ payload: { protocol: 'ip', field: 'saddr' } }, '10.0.0.99', '!=')),
      undefined,
      undefined,
    ],
    [
      'a set that has a name',
      iptables('-m set --match-set bad src -j DROP'),
      nft(match({ payload: { protocol: 'ip', field: 'saddr' } }, '@bad')),
      undefined,
      undefined,
    ],
  ])('from %s says from whom, where that is a list', (_, ofIptables, ofNft, ...sources) => {
    expect([ofIptables[0]?.sources, ofNft[0]?.sources]).toEqual(sources);
  });
});
