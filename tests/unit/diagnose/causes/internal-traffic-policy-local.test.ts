import { expect, test } from 'vitest';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, failing, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'internal-traffic-policy-local';
const local = { internalTrafficPolicy: 'Local' } as const;

/** The Service asked by its ClusterIP from a pod, failing. */
const askedFrom = (node: string) =>
  probeOf('http', {
    role: 'service',
    source: at('pod', node),
    destination: { ip: '10.43.0.10', port: 80, name: 'shop/api' },
    crosses: { service: 'shop/api', translation: [node], servedFrom: [node], size: 'mixed' },
    ...failing('timeout'),
  });

test('a Service of local traffic policy is proved to fail on a node without an endpoint of it', () => {
  expect(found(CODE, CLUSTER, serviceFact(['a'], local), askedFrom('b'))).toEqual(['proved at shop/api b']);
});

test('a Service is not blamed on its traffic policy where the node has an endpoint, or the policy is Cluster', () => {
  expect(found(CODE, CLUSTER, serviceFact(['a', 'b'], local), askedFrom('b'))).toEqual([]);
  expect(found(CODE, CLUSTER, serviceFact(['a'], { internalTrafficPolicy: 'Cluster' }), askedFrom('b'))).toEqual([]);
});

test('a Service without any ready endpoint is not blamed on its traffic policy', () => {
  expect(found(CODE, CLUSTER, serviceFact([], local), askedFrom('b'))).toEqual([]);
});
