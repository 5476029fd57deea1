import { expect, test } from 'vitest';
import type { Observation } from '../../../../helpers/model/observation.ts';
import { diagnose } from '../../../../helpers/diagnose/index.ts';
import { fact, failing, nodeFact, podToPod, run } from '../../../support/cluster.ts';

const overlay = fact('overlay', { kind: 'calico-ipip', device: 'tunl0', source: 'Calico IPPool' });
const [ONE, OTHER] = ['10.42.224.0', '10.42.176.192'];
const KEY = 'projectcalico.org/IPv4IPIPTunnelAddr';
const nodes = (addressOfB: string, key = KEY) => [
  nodeFact('a', { internalIp: '10.0.0.1', annotations: { [key]: ONE } }),
  nodeFact('b', { internalIp: '10.0.0.2', annotations: { [key]: addressOfB } }),
  nodeFact('c', { internalIp: '10.0.0.3', annotations: { [key]: '10.42.241.64' } }),
];
const lost = podToPod('b', 'c', failing('timeout'));

const namedBy = (...observations: (Observation | readonly Observation[])[]) =>
  diagnose(run(overlay, ...observations)).findings.flatMap(({ code, confidence, locations }) =>
    code === 'calico-tunnel-address-duplicate' ? [`${confidence} at ${locations.map(({ node }) => node).join()}`] : [],
  );

test('One address for the tunnels of two nodes is proved at both, where the overlay of one fails', () => {
  expect(namedBy(nodes(ONE), lost)).toEqual(['proved at a,b']);
});

test.each([
  ['where each node has one of its own', [nodes(OTHER), lost]],
  ['where nothing is lost', [nodes(ONE), podToPod('b', 'c')]],
  ['of another encapsulation, which was left behind', [nodes(ONE, 'projectcalico.org/IPv4VXLANTunnelAddr'), lost]],
])('An address of a tunnel is not called double %s', (_what, observations) => {
  expect(namedBy(...observations)).toEqual([]);
});
