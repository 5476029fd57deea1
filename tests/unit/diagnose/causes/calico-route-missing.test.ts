import { expect, test } from 'vitest';
import type { HostRoute } from '../../../../helpers/model/facts/agent.ts';
import type { OverlayKind } from '../../../../helpers/model/overlay.ts';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { cutOff, fact, found, hostRoute, nodeFact, podToPod } from '../../../support/cluster.ts';

const CODE = 'calico-route-missing';

const cluster = (kind: OverlayKind & ('calico-ipip' | 'calico-bgp') = 'calico-ipip'): Observation[] => [
  kind === 'calico-ipip'
    ? fact('overlay', { kind, device: 'tunl0', source: 'Calico IPPool' })
    : fact('overlay', { kind, source: 'Calico IPPool' }),
  nodeFact('a'),
  nodeFact('b'),
];
const route = (destination: string, device: string, gateway?: string, reject = false): HostRoute =>
  hostRoute(destination, device, { gateway, reject });
const routes = (...more: HostRoute[]) => fact('routes', [route('0.0.0.0/0', 'eth0', '10.0.0.254'), ...more], 'a');
const cut = cutOff('a', 'b');
/** The other node's own route to its pod: by a device of Calico's, or of another plugin. */
const owns = (device: string) => fact('routes', [route(`${podToPod('a', 'b').destination.ip}/32`, device)], 'b');
const TO_B = podToPod('a', 'b').destination.ip?.replace(/\d+$/, '0/26') ?? '';

test('Pods of another node to which no route but the default one leads are proved to have none', () => {
  expect(found(CODE, cluster(), cut, routes(), owns('cali1'))).toEqual(['proved at a b']);
});

test('A route that refuses them is none', () => {
  expect(found(CODE, cluster(), cut, routes(route(TO_B, 'lo', undefined, true)), owns('cali1'))).toEqual([
    'proved at a b',
  ]);
});

test('Without a tunnel it is a candidate: the router of the default route may know the way', () => {
  expect(found(CODE, cluster('calico-bgp'), cut, routes(), owns('cali1'))).toEqual(['candidate at a b']);
});

test('It is a candidate where it is not known by which device the other node leads to the pods', () => {
  expect(found(CODE, cluster(), cut, routes())).toEqual(['candidate at a b']);
});

test.each([
  ['where a route leads to them', [cut, routes(route(TO_B, 'tunl0', '10.0.0.2'))]],
  ['where they answer', [podToPod('a', 'b'), routes()]],
  ['where no route was read', [cut]],
  ['to pods that another plugin gave their addresses', [cut, routes(), owns('cni1')]],
])('A node is not called without a route %s', (_what, observations) => {
  expect(found(CODE, cluster(), ...observations)).toEqual([]);
});
