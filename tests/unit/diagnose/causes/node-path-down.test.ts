import { expect, test } from 'vitest';
import { CLUSTER, failing, found, nodeFact } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'node-path-down';
const ELSEWHERE = '203.0.113.2';

/** The overlay goes by a network of its own, by which it reaches `b` at another address. */
const apart = [
  ...CLUSTER.filter(({ node, value }) => node === undefined && (value as { name?: string }).name !== 'b'),
  nodeFact('b', { annotations: { 'flannel.alpha.coreos.com/public-ip': ELSEWHERE } }),
];
const control = probeOf('tcp', {
  suite: 'overlay',
  role: 'control-tcp',
  source: at('host', 'a'),
  destination: at('host', 'b', { ip: ELSEWHERE, port: 18_377 }),
});
const mesh = (fields: object) =>
  ['tcp-small', 'tcp-large'].map((role) =>
    probeOf('payload', {
      role: role as 'tcp-small',
      pathClass: 'host-host',
      source: at('host', 'a'),
      destination: at('host', 'b', { ip: '10.0.0.2', port: 18_377 }),
      ...fields,
    }),
  );

test('nothing passes to a node’s own address, though the network of the overlay is whole', () => {
  expect(found(CODE, apart, control, mesh(failing('timeout')))).toEqual(['candidate at a b']);
});

test('a node’s own address that answers is reached, whatever the network of the overlay does', () => {
  const lost = { ...control, ...failing('timeout') };
  expect(found(CODE, apart, lost, mesh({}))).toEqual([]);
  expect(found(CODE, apart, lost, mesh(failing('refused')))).toEqual([]);
});
