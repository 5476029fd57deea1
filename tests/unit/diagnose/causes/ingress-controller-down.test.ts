import { expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, fact, failing, found } from '../../../support/cluster.ts';

const CODE = 'ingress-controller-down';

/** A host asked for at port 80 of a node that runs the ingress controller. */
const hostAt = (node: string, name: string, fields: Fields<'http'> = {}) =>
  probeOf('http', {
    suite: 'ingress',
    role: 'worker',
    source: at('runner'),
    destination: at('host', node, { ip: '10.0.0.9', port: 80, name }),
    crosses: { host: name, servedFrom: [node], size: 'mixed' },
    ...fields,
  });
const refused = ['api.shop.example', 'shop.example'].map((name) => hostAt('a', name, failing('refused')));
const sockets = (port: number) => fact('sockets', { tcp: [{ address: '0.0.0.0', port, uid: 0 }], udp: [] }, 'a');

test('a node that refuses every host and on which nothing listens has no ingress controller', () => {
  expect(found(CODE, CLUSTER, refused, sockets(10250))).toEqual(['proved at a']);
});

test('a node that refuses every host is a candidate where its sockets were not read or something listens', () => {
  expect(found(CODE, CLUSTER, refused)).toEqual(['candidate at a']);
  expect(found(CODE, CLUSTER, refused, sockets(80))).toEqual(['candidate at a']);
});

test('a node that serves one of its hosts has its ingress controller', () => {
  expect(found(CODE, CLUSTER, refused, hostAt('a', 'other.example'), sockets(10250))).toEqual([]);
});

test('a node that is silent does not refuse: its ingress controller may run', () => {
  expect(found(CODE, CLUSTER, hostAt('a', 'shop.example', failing('timeout')), sockets(10250))).toEqual([]);
});
