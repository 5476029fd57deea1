import { expect, test } from 'vitest';
import type { NodeRoute, RoutingRule } from '../../../../helpers/model/routing.ts';
import { CLUSTER, cutOff, fact, failing, found } from '../../../support/cluster.ts';
import { at, probeOf } from '../../../support/observations.ts';

const CODE = 'policy-routing-table-hijack';
const rules = (...more: Partial<RoutingRule>[]) =>
  fact(
    'ssh/ip-rule',
    more.map((rule) => ({ family: 'ipv4', priority: 5270, action: 'lookup', ...rule })),
    'b',
  );
const route = (destination: string, table: string): NodeRoute => ({
  type: 'unicast',
  family: 'ipv4',
  destination,
  table,
  nextHops: [{ device: 'tailscale0', flags: [] }],
  metric: 0,
});
const routes = (...all: NodeRoute[]) => fact('ssh/ip-route', all, 'b');
const unreached = [
  cutOff('a', 'b'),
  probeOf('payload', {
    pathClass: 'host-pod',
    source: at('host', 'b'),
    destination: at('pod', 'b', { ip: '10.42.2.2', port: 8377 }),
    ...failing('timeout'),
  }),
].flat();

test('a rule that sends all packets to a table with a way for pods’ addresses is proved to lead them astray', () => {
  const hijack = rules({ table: '100' });
  expect(found(CODE, CLUSTER, unreached, hijack, routes(route('0.0.0.0/0', '100')))).toEqual(['proved at b']);
});

test('a VPN’s table that holds the addresses of its own peers alone leads no pod astray', () => {
  const tailscale = routes(route('100.64.0.7/32', '52'), route('0.0.0.0/0', 'main'));
  expect(found(CODE, CLUSTER, unreached, rules({ table: '52' }), tailscale)).toEqual([]);
});

test('a rule for one incoming device, one user or one port says nothing of pods’ packets', () => {
  const astray = routes(route('0.0.0.0/0', '100'));
  for (const narrowing of [{ inputDevice: 'eth1' }, { users: { from: 1, to: 1 } }, { protocol: 'udp' }])
    expect(found(CODE, CLUSTER, unreached, rules({ table: '100', ...narrowing }), astray)).toEqual([]);
});
