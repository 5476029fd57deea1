import * as fc from 'fast-check';
import { address, mark, oneOf, port, prefix } from './pools.ts';

// What random rules of nft ask.

export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

const op = oneOf(['', '', '', '!= ']);
const values = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 2, arbitrary: of.map(String) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(of, { minLength: 2, maxLength: 3, size: 'max' }).map((all) => `{ ${all.join(', ')} }`),
    },
  );

const addresses = fc.oneof(values(address), prefix, fc.constant('10.62.0.0-10.63.0.2'), oneOf(['@hosts', '@nets']));
const ports = fc.oneof(values(port), oneOf(['1-100', '{ 1-60, 8000-9000 }', '@ports']));

const common = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(oneOf(['saddr', 'daddr']), op, addresses).map(([side, not, all]) => `ip ${side} ${not}${all}`),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(oneOf(['tcp', 'udp']), op, ports).map(([name, not, all]) => `${name} dport ${not}${all}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(oneOf(['tcp', 'udp']), oneOf(['<', '<=', '>', '>=']), port)
      .map(([name, than, of]) => `${name} dport ${than} ${of}`),
  },
  { weight: 1, arbitrary: ports.map((all) => `meta l4proto { tcp, udp } th dport ${all}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(op, oneOf(['tcp', 'udp', '{ tcp, udp }', 'icmp']))
      .map(([not, name]) => `meta l4proto ${not}${name}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(oneOf(['iifname', 'oifname']), op, oneOf(['"r0"', '"r1"', '"r*"', '"lo"', '{ "r1", "r2" }']))
      .map(([side, not, name]) => `${side} ${not}${name}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(op, oneOf(['new', 'established', 'established,related', 'invalid', '{ new, established }']))
      .map(([not, state]) => `ct state ${not}${state}`),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      'ct direction original',
      'ct direction reply',
      'ct status dnat',
      'ct status snat',
      'ct original ip daddr 10.96.0.10',
      'meta l4proto tcp ct original proto-dst 80',
      'ct original ip saddr 10.61.0.0/24',
    ]),
  },
  { weight: 2, arbitrary: fc.tuple(op, mark).map(([not, of]) => `meta mark ${not}${of}`) },
  { weight: 1, arbitrary: mark.map((of) => `meta mark & ${of} == ${of}`) },
  {
    weight: 1,
    arbitrary: oneOf([
      'ct mark 0x1',
      'ct mark & 0x10 != 0',
      'meta length > 100',
      'ip length < 1000',
      'ip ttl > 5',
      'ip protocol tcp',
      'meta protocol ip',
      'ip frag-off & 0x1fff != 0',
      'ip version 4',
    ]),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      'tcp flags syn',
      'tcp flags & (fin | syn | rst | ack) == syn',
      'tcp flags & (syn | ack) == syn | ack',
      'tcp flags != syn',
    ]),
  },
  {
    weight: 1,
    arbitrary: oneOf([
      'ip daddr . udp dport @pairs',
      'ip saddr . ip daddr { 10.61.0.2 . 10.62.0.2, 10.61.0.3 . 10.63.0.2 }',
      'meta l4proto . th dport { udp . 53, tcp . 80 }',
    ]),
  },
  {
    weight: 2,
    arbitrary: oneOf([
      'fib daddr type local',
      'fib daddr type != local',
      'fib daddr type { unicast, broadcast }',
      'fib saddr type local',
    ]),
  },
);
const inOnly = oneOf([
  'fib saddr . iif oif missing',
  'fib saddr . iif oif exists',
  'fib daddr . iif type local',
  'fib saddr oif missing',
]);
const random = oneOf(['numgen random mod 2 0', 'numgen inc mod 3 { 0, 1 }']);
const open = oneOf(['limit rate 1/minute burst 1 packets', 'ip dscp 0x02', 'meta skuid 0']);

/** Up to two matches, of those that a hook allows. */
export const matches = (hook?: Hook) =>
  fc.array(
    fc.oneof(
      { weight: 60, arbitrary: common },
      { weight: hook === 'prerouting' ? 8 : 0, arbitrary: inOnly },
      { weight: 2, arbitrary: random },
      { weight: 1, arbitrary: open },
    ),
    { maxLength: 2, size: 'max' },
  );
