import { expect, test } from 'vitest';
import type { ProbeName } from '../../../helpers/model/observation.ts';
import { at, probeOf } from '../../support/observations.ts';
import { CLUSTER, cutOff, failing, found } from '../../support/cluster.ts';

const between = (from: string, to: string) => ({
  source: at('host', from),
  destination: at('host', to, { port: 8472 }),
});
const filtered = {
  outcome: 'blocked',
  readings: { ...probeOf('burst').got.readings, receiverUplinkRx: 0, tunnelRx: 0 },
} as const;

/** A burst of a kind that left its sender and came to nobody. */
const lostBurst = (role: ProbeName, from: string, to: string) =>
  probeOf('burst', {
    role,
    ...between(from, to),
    crosses: { underlay: [[from, to]], overlay: [[from, to]], size: 'small' },
    verdict: 'fail',
    got: filtered,
  });
const echo = (from: string, to: string, fails = false) =>
  probeOf('udp-echo', {
    suite: 'overlay',
    role: 'control-udp',
    pathClass: 'host-host',
    ...between(from, to),
    ...(fails && failing('no-reply')),
  });
const connect = (from: string, to: string) =>
  probeOf('tcp', { suite: 'overlay', role: 'control-tcp', pathClass: 'host-host', ...between(from, to) });

/** From a to b the overlay's port is dropped; from b to a all UDP is, though a answers c. */
const observations = [
  CLUSTER,
  cutOff('a', 'b'),
  [lostBurst('burst', 'a', 'b'), lostBurst('plain-burst', 'a', 'b'), echo('a', 'b'), connect('a', 'b')],
  [lostBurst('burst', 'b', 'a'), echo('b', 'a', true), echo('b', 'a', true), connect('b', 'a'), echo('c', 'a')],
];

test('a filter of the port one way and one of all UDP the other way are both named', () => {
  expect(found('vxlan-port-filtered-in-path', ...observations)).toEqual(['proved at a b']);
  expect(found('all-udp-filtered', ...observations)).toEqual(['proved at b a']);
});
