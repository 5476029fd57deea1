import { expect, test } from 'vitest';
import type { EndpointInfo } from '../../../../helpers/model/topology.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, failing, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'service-no-endpoints';

/** The Service asked by its ClusterIP from a pod, failing. */
const asked = probeOf('http', {
  role: 'service',
  source: at('pod', 'b'),
  destination: { ip: '10.43.0.10', port: 80, name: 'shop/api' },
  crosses: { service: 'shop/api', translation: ['b'], servedFrom: [], size: 'mixed' },
  ...failing('timeout'),
});
const ipv6 = (ready: boolean): EndpointInfo[] => [
  { ip: 'fd00:42::5', family: 'IPv6', ports: { '': 8080 }, node: 'a', pod: 'api-a', ready },
];

test('a Service without any endpoint is proved to have none', () => {
  expect(found(CODE, CLUSTER, serviceFact([]), asked)).toEqual(['proved at shop/api']);
});

test('a Service whose endpoints are of IPv6 alone is not called one without endpoints', () => {
  expect(found(CODE, CLUSTER, serviceFact([], { endpoints: ipv6(true) }), asked)).toEqual([]);
});

test('a Service whose IPv6 endpoints are not ready is proved to have no ready one', () => {
  expect(found(CODE, CLUSTER, serviceFact([], { endpoints: ipv6(false) }), asked)).toEqual(['proved at shop/api']);
});

const workload = (replicas: number) => ({ workload: { objects: ['Deployment api'], replicas } });

test('a Service whose workload is scaled to 0 is not called one without endpoints', () => {
  expect(found(CODE, CLUSTER, serviceFact([], workload(0)), asked)).toEqual([]);
});

test('a Service whose workload wants pods and has none is proved to have no endpoints', () => {
  expect(found(CODE, CLUSTER, serviceFact([], workload(2)), asked)).toEqual(['proved at shop/api']);
});

test('a Service of which it is not known whether it wants pods is a candidate', () => {
  const unknown = { workload: { objects: [], notObserved: 'deployments.apps is forbidden' } };
  expect(found(CODE, CLUSTER, serviceFact([], unknown), asked)).toEqual(['candidate at shop/api']);
});

test('a Service without a selector that nobody gave an endpoint is not called one without endpoints', () => {
  expect(found(CODE, CLUSTER, serviceFact([], { selector: {} }), asked)).toEqual([]);
});
