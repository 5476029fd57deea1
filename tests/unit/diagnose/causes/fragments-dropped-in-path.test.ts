import { expect, test } from 'vitest';
import type { ErrorKind, ProbeName } from '../../../../helpers/model/observation.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, failing, found } from '../../../support/cluster.ts';

const CODE = 'fragments-dropped-in-path';

/** A datagram of a size from a pod of one node to a pod of the other, and whether it was answered. */
const datagram = (role: ProbeName, errorKind?: ErrorKind) => {
  const [source, destination] = [at('pod', 'a'), at('pod', 'b', { ip: '10.42.2.2', port: 8377 })];
  return probeOf('udp-echo', {
    role,
    pathClass: 'pod-pod',
    source,
    destination,
    crosses: { underlay: [['a', 'b']], overlay: [['a', 'b']], size: role === 'udp-small' ? 'small' : 'large' },
    ...(errorKind && failing(errorKind)),
  });
};

test('fragments that are lost where full packets pass are proved', () => {
  const observations = [datagram('udp-small'), datagram('udp-full'), datagram('udp-fragmented', 'no-reply')];
  expect(found(CODE, CLUSTER, observations)).toEqual(['proved at a b']);
});

test('a path that loses full packets as well is not said to drop fragments', () => {
  const observations = [
    datagram('udp-small'),
    datagram('udp-full', 'no-reply'),
    datagram('udp-fragmented', 'no-reply'),
  ];
  expect(found(CODE, CLUSTER, observations)).toEqual([]);
});

test('a path that loses small packets as well is not said to drop fragments', () => {
  const observations = [datagram('udp-small', 'no-reply'), datagram('udp-fragmented', 'no-reply')];
  expect(found(CODE, CLUSTER, observations)).toEqual([]);
});
