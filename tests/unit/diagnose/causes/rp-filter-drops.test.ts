import { expect, test } from 'vitest';
import { CLUSTER, cutOff, fact, found } from '../../../support/cluster.ts';
import { at, DEFAULTS, probeOf } from '../../../support/observations.ts';

const CODE = 'rp-filter-drops';
const dropped = (packets: number) => [
  fact('counters-rise', { netstat: { TcpExt: { IPReversePathFilter: packets } } }, 'b'),
  fact('sysctls', { 'net.ipv4.conf.all.rp_filter': 1 }, 'b'),
];
const burst = (outcome: 'blocked' | 'arrives-dropped') =>
  probeOf('burst', {
    source: at('host', 'a'),
    destination: at('host', 'b', { ip: '10.0.0.2', port: 8472 }),
    verdict: 'fail',
    got: { ...DEFAULTS.burst.got, outcome, arrivedShare: 0 },
  });

test('what strict reverse path filtering counts is what peers miss', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), dropped(40))).toEqual(['proved at a b']);
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), dropped(40), burst('arrives-dropped'))).toEqual(['proved at a b']);
});

test('a node that drops others’ stray packets is not blamed for what never came to it', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), dropped(40), burst('blocked'))).toEqual([]);
});
