import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readAddresses, readForwardingEntries, readLinks, readQueues } from '../../../../helpers/nodes/facts/links.ts';
import { readNeighbours, readRoutes, readRoutingRules } from '../../../../helpers/nodes/facts/routes.ts';

const printed = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`corpus/${name}.json`, import.meta.url), 'utf8'));

describe('routes of a namespace with one of each kind', () => {
  const routes = readRoutes(printed('ip-route'));
  const to = (destination: string) => routes.find((route) => route.destination === destination);

  test.each([
    ['0.0.0.0/0', { type: 'unicast', family: 'ipv4', nextHops: [{ gateway: '10.9.0.2', device: 'd0' }] }],
    ['10.99.0.0/16', { type: 'blackhole', nextHops: [] }],
    ['10.97.0.0/24', { type: 'unreachable', table: '100' }],
    ['10.96.0.0/24', { metric: 7, mtu: 1300 }],
    [
      '10.98.0.0/16',
      {
        nextHops: [
          { gateway: '10.9.0.2', weight: 1 },
          { gateway: '10.9.0.3', weight: 2 },
        ],
      },
    ],
    ['10.9.0.1/32', { type: 'local', table: 'local', source: '10.9.0.1' }],
    ['fd99::/64', { family: 'ipv6', nextHops: [{ gateway: 'fd00::2', device: 'd0' }] }],
  ])('%s is read with its kind, its hops and its metrics', (destination, expected) => {
    expect(to(destination)).toMatchObject(expected);
  });

  test('have no field that is not known', () => {
    expect(routes.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
  });

  test('with a field that nobody knows say so', () => {
    const [route] = readRoutes([{ dst: 'default', dev: 'wg0', encap: 'mpls' }]);
    expect(route).toMatchObject({ destination: '0.0.0.0/0', unknown: ['encap'] });
  });

  test('without a field that every route has are refused', () => {
    expect(() => readRoutes([{ dev: 'eth0' }])).toThrow('0.dst');
  });
});

describe('routing rules of a namespace with one of each kind', () => {
  const rules = readRoutingRules(printed('ip-rule'), 'ipv4');
  test.each([
    [50, { mark: { value: 0x10, mask: 0xff }, action: 'lookup', table: '100' }],
    [51, { source: '10.1.0.0/16', destination: '10.2.0.0/16', inputDevice: 'd0' }],
    [52, { source: '10.42.0.0/16', action: 'prohibit' }],
    [53, { not: true, source: '10.5.0.0/16', table: 'main', suppressPrefixLength: 0 }],
    [54, { protocol: 'tcp', sourcePorts: { from: 80, to: 80 }, destinationPorts: { from: 100, to: 200 } }],
    [55, { action: 'goto', goto: 100 }],
    [32_766, { table: 'main' }],
  ])('that of priority %i is read with all that it asks', (priority, expected) => {
    expect(rules.find((rule) => rule.priority === priority)).toMatchObject(expected);
  });

  test('have no field that is not known', () => {
    expect(rules.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
  });

  test('with a field that nobody knows say so', () => {
    expect(readRoutingRules([{ priority: 1, src: 'all', l3mdev: null }], 'ipv4')).toMatchObject([
      { unknown: ['l3mdev'] },
    ]);
  });
});

test('a neighbour that was set by hand is read with its MAC', () => {
  expect(readNeighbours(printed('ip-neigh'))).toEqual([
    { address: '10.42.1.0', device: 'vx0', mac: '00:11:22:33:44:55', states: ['PERMANENT'] },
  ]);
});

test('an entry of a VXLAN device is read with the node, the port and the VNI that it names', () => {
  expect(readForwardingEntries(printed('bridge-fdb'))).toContainEqual({
    mac: '00:11:22:33:44:55',
    device: 'vx0',
    destination: '10.9.0.7',
    port: 99,
    vni: 5,
    state: 'permanent',
  });
});

describe('links of a namespace with one of each kind', () => {
  const link = (name: string) => readLinks(printed('ip-link')).find((each) => each.name === name);

  test('a VXLAN device is read with its VNI, its port and the device under it', () => {
    expect(link('vx0')).toMatchObject({
      kind: 'vxlan',
      vxlan: { vni: 1, port: 8472, local: '10.9.0.1', underlay: 'd0', learning: false },
    });
  });

  test('a port of a bridge is read with its master and its hairpin mode', () => {
    expect(link('ve0')).toMatchObject({ master: 'br0', bridgePort: { hairpin: false, state: 'disabled' } });
  });

  test('addresses of both families are read with their device', () => {
    expect(readAddresses(printed('ip-addr'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ device: 'd0', family: 'ipv4', address: '10.9.0.1', prefixLength: 24 }),
        expect.objectContaining({ device: 'd0', family: 'ipv6', address: 'fd00::1', prefixLength: 64 }),
      ]),
    );
  });
});

test('a hook of traffic control is read with what its filters have dropped', () => {
  // As iproute2 6.1 prints it, of a filter of BPF that drops.
  const queues = [
    { kind: 'noqueue', handle: '0:', dev: 'va', root: true, refcnt: 2, options: {}, bytes: 0, packets: 0, drops: 0 },
    { kind: 'clsact', handle: 'ffff:', dev: 'va', parent: 'ffff:fff1', options: {}, bytes: 126, packets: 3, drops: 2 },
  ];
  expect(readQueues(queues)[1]).toEqual({ device: 'va', kind: 'clsact', packets: 3, drops: 2 });
});
