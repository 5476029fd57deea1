import { expect, test } from 'vitest';
import { at, probeOf, type Fields } from '../../../support/observations.ts';
import { CLUSTER, failing, found, podToPod, serviceFact } from '../../../support/cluster.ts';

const CODE = 'endpoint-not-answering';
const service = serviceFact(['a', 'b']);

/** The endpoint on a node, asked by its own address from the host of one node and from a pod of another. */
const asked = (node: 'a' | 'b', fields: Fields<'http'> = {}, from: 'a' | 'b' = node) =>
  [at('host', from), at('pod', 'c')].map((source) =>
    probeOf('http', {
      role: 'endpoint',
      source,
      destination: at('pod', node, { ip: node === 'a' ? '10.42.1.10' : '10.42.2.10', port: 8080, name: 'shop/api' }),
      ...fields,
    }),
  );
const silent = asked('a', failing('timeout'));

test('a ready endpoint that is silent from its own node is a candidate while another of its Service answers', () => {
  expect(found(CODE, CLUSTER, service, silent, asked('b'))).toEqual(['candidate at shop/api 10.42.1.10 a']);
});

test('a silent endpoint is proved where the Service lists it still, and its node reaches other pods of its own', () => {
  const neighbour = podToPod('a', 'a', { pathClass: 'host-pod', source: at('host', 'a') });
  expect(found(CODE, CLUSTER, service, silent, asked('b'), neighbour, service)).toEqual([
    'proved at shop/api 10.42.1.10 a',
  ]);
});

test('an endpoint that was not asked from its own node is not blamed', () => {
  expect(found(CODE, CLUSTER, service, asked('a', failing('timeout'), 'b'), asked('b'))).toEqual([]);
});

test('endpoints of which none answers are not each blamed', () => {
  expect(found(CODE, CLUSTER, service, silent, asked('b', failing('timeout')))).toEqual([]);
});

test('an endpoint is not blamed whose Service was answered by a pod that came meanwhile', () => {
  const replaced = asked('b', {
    got: { answeredBy: ['api-new on b'] },
    crosses: { service: 'shop/api', size: 'mixed' },
  });
  expect(found(CODE, CLUSTER, service, silent, replaced)).toEqual([]);
});
