import { expect, test } from 'vitest';
import type { HostRoute } from '../../../../helpers/model/facts/agent.ts';
import type { Fields } from '../../../support/observations.ts';
import { at, probeOf } from '../../../support/observations.ts';
import { CLUSTER, failing, fact, found, serviceFact } from '../../../support/cluster.ts';

const CODE = 'no-route-to-services';
const route = (destination: string, more: Partial<HostRoute> = {}): HostRoute => ({
  destination,
  device: 'eth0',
  metric: 0,
  mtu: 0,
  reject: false,
  up: true,
  ...more,
});
const OWN = route('10.0.0.0/24');
const toService = (network: 'pod' | 'host', fields: Fields<'http'> = {}) =>
  probeOf('http', {
    role: 'service',
    source: at(network, 'b'),
    destination: { ip: '10.43.0.10', port: 80, name: 'shop/api' },
    crosses: { service: 'shop/api', translation: ['b'], servedFrom: ['b'], size: 'mixed' },
    ...fields,
  });
const cluster = [...CLUSTER, serviceFact(['a'])];
const cut = [toService('host', failing('no-route')), toService('host', failing('no-route'))];

test('a node whose routes cover no Service, and which reaches none, is proved to have no route to them', () => {
  expect(found(CODE, cluster, cut, toService('pod'), fact('routes', [OWN], 'b'))).toEqual(['proved at b']);
});

test('a node whose routes were not read is a candidate where its pods are served', () => {
  expect(found(CODE, cluster, cut, toService('pod'))).toEqual(['candidate at b']);
  expect(found(CODE, cluster, cut, toService('pod', failing('timeout')))).toEqual([]);
});

test('a route that covers Services rules it out, by default or for their range, if it refuses or not', () => {
  for (const covering of [route('0.0.0.0/0'), route('10.43.0.0/16', { reject: true })])
    expect(found(CODE, cluster, cut, toService('pod'), fact('routes', [OWN, covering], 'b'))).toEqual([]);
});

test('what times out, or passes in part, is no lack of a route', () => {
  const routes = fact('routes', [OWN], 'b');
  const silent = [toService('host', failing('timeout')), toService('host', failing('timeout'))];
  expect(found(CODE, cluster, silent, routes)).toEqual([]);
  expect(found(CODE, cluster, toService('host', failing('no-route')), toService('host'), routes)).toEqual([]);
});
