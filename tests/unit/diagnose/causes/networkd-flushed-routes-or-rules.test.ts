import { expect, test } from 'vitest';
import { CLUSTER, cutOff, fact, found } from '../../../support/cluster.ts';

const CODE = 'networkd-flushed-routes-or-rules';
const bridge = (...flags: string[]) => fact('links', [{ name: 'cni0', flags, addresses: ['10.42.1.1/24'] }], 'a');
const route = (destination: string, device: string) =>
  fact('routes', [{ destination, device, metric: 0, mtu: 0, reject: false, up: true }], 'a');

test('a node without the route to its own pods has lost it', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), bridge('up'), route('10.42.2.0/24', 'flannel.1'))).toEqual([
    'proved at a',
  ]);
});

test('a node whose bridge is down or gone has lost the way to its pods', () => {
  const kept = route('10.42.1.0/24', 'cni0');
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), bridge(), kept)).toEqual(['proved at a']);
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), fact('links', [], 'a'), kept)).toEqual(['proved at a']);
});

test('a node that has bridge and route is not blamed, and neither is one of which nothing was read', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), bridge('up'), route('10.42.1.0/24', 'cni0'))).toEqual([]);
  expect(found(CODE, CLUSTER, cutOff('a', 'b'))).toEqual([]);
});

const link = (name: string, master?: string) => ({ name, ...(master && { master }), flags: ['up'], addresses: [] });
const through = (...links: ReturnType<typeof link>[]) => [
  fact('links', links, 'a'),
  route('10.42.1.7/32', links[0]?.name ?? ''),
];

test('a node of Canal, whose pods have a route each and no bridge, has not lost the way to them', () => {
  const canal = through(link('cali0123456789a'), link('flannel.1'));
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), ...canal)).toEqual([]);
  // Another plugin's pod beside them is at a bridge of that plugin.
  const mixed = fact('links', [link('cali0123456789a'), link('other0'), link('veth1', 'other0')], 'b');
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), ...canal, mixed)).toEqual([]);
});

test('a bridge of another name is the one that pods are at, and those of Docker and others are not', () => {
  const kept = route('10.42.1.0/24', 'kube-bridge');
  const ports = [link('veth1', 'kube-bridge'), link('veth2', 'docker0'), link('veth3', 'docker0')];
  const bridged = fact('links', [link('kube-bridge'), ...ports], 'a');
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), bridged, kept)).toEqual([]);
  const down = fact('links', [{ name: 'kube-bridge', flags: [], addresses: [] }, ...ports], 'a');
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), down, kept)).toEqual(['proved at a']);
});
