import { expect, test } from 'vitest';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, failing, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'service-leads-outside';
const legacy = serviceFact([], {
  selector: {},
  endpoints: [{ ip: '203.0.113.5', ports: { '': 5432 }, ready: true }],
});

/** The Service asked by its ClusterIP from a pod, failing. */
const service = probeOf('tcp', {
  suite: 'cluster-ip',
  role: 'service',
  source: at('pod', 'b'),
  destination: { ip: '10.43.0.10', port: 80, name: 'shop/api' },
  crosses: { service: 'shop/api', translation: ['b'], servedFrom: ['b'], external: true, size: 'small' },
  ...failing('timeout'),
});
const outside = (network: 'pod' | 'host', isAnswered: boolean) =>
  probeOf('tcp', {
    suite: 'cluster-ip',
    role: 'outside-endpoint',
    source: at(network, 'b'),
    destination: { ip: '203.0.113.5', port: 5432, name: 'shop/api' },
    ...(isAnswered ? {} : { ...failing('timeout'), verdict: 'evidence' as const }),
  });

test('a Service whose endpoint outside of the cluster answers nobody leads outside, never proved', () => {
  expect(found(CODE, CLUSTER, legacy, service, outside('pod', false), outside('host', false))).toEqual([
    'candidate at shop/api',
  ]);
});

test('a Service whose endpoint outside of the cluster answers a node is not called so', () => {
  expect(found(CODE, CLUSTER, legacy, service, outside('pod', false), outside('host', true))).toEqual([]);
});

test('a Service of pods is not called so', () => {
  expect(found(CODE, CLUSTER, serviceFact(['a']), service)).toEqual([]);
});
