import { expect, test } from 'vitest';
import { CLUSTER, fact, found, nodeFact, podToPod } from '../../../support/cluster.ts';

const CODE = 'ipam-exhausted';
const held = (networks: Record<string, number>) => fact('ssh/cni-allocations', networks, 'b');
const ranged = (...podCidrs: string[]) => [...CLUSTER, nodeFact('b', { podCidrs })];
const judged = (podCidrs: string[], networks: Record<string, number>) =>
  found(CODE, ranged(...podCidrs), podToPod('a', 'b'), held(networks));

test.each([
  ['a /24 with 250 of 253', ['10.42.2.0/24'], { cbr0: 250 }, ['proved at b']],
  ['a /24 with 249', ['10.42.2.0/24'], { cbr0: 249 }, []],
  ['a /26 with 58 of 61', ['10.42.2.0/26'], { cbr0: 58 }, ['proved at b']],
  ['a /26 with 57', ['10.42.2.0/26'], { cbr0: 57 }, []],
  ['a /22 with 300 of 1021', ['10.42.4.0/22'], { cbr0: 300 }, []],
  ['a /22 with 1018', ['10.42.4.0/22'], { cbr0: 1018 }, ['proved at b']],
  ['both families, by the IPv4 range', ['fd00:42:2::/64', '10.42.2.0/24'], { cbr0: 251 }, ['proved at b']],
  ['IPv6 alone, which does not run out', ['fd00:42:2::/64'], { cbr0: 250 }, []],
  ['no range of its own, as with Cilium', [], { cilium: 250 }, []],
  ['another network beside, which is full', ['10.42.2.0/24'], { cbr0: 20, macvlan: 253 }, []],
  ['its only network by another name', ['10.42.2.0/24'], { kindnet: 252 }, ['proved at b']],
  ['two networks of which none is known', ['10.42.2.0/24'], { one: 252, two: 3 }, []],
])('a node is judged by the addresses that its own range has: %s', (_, podCidrs, networks, expected) => {
  expect(judged(podCidrs, networks)).toEqual(expected);
});
