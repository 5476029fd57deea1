import { expect, test } from 'vitest';
import type { NodeLink } from '../../../../helpers/model/routing.ts';
import { CLUSTER, cutOff, fact, found } from '../../../support/cluster.ts';

const CODE = 'vxlan-port-clash';
const device = (name: string, port: number, local?: string): NodeLink => ({
  name,
  kind: 'vxlan',
  flags: ['UP'],
  vxlan: { vni: 1, port, local },
});
const devices = (...links: NodeLink[]) => fact('ssh/ip-link', links, 'b');
const own = device('flannel.1', 8472);

test('two VXLAN devices on one UDP port are proved to clash', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(own, device('vxlan.calico', 8472)))).toEqual(['proved at b']);
});

test('two VXLAN devices on different ports, or of two families, do not clash', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(own, device('vxlan.calico', 4789)))).toEqual([]);
  const ofIpv6 = device('flannel-v6.1', 8472, 'fd00::2');
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(own, ofIpv6))).toEqual([]);
});

test('two VXLAN devices on one port are no finding while nothing fails', () => {
  expect(found(CODE, CLUSTER, devices(own, device('vxlan.calico', 8472)))).toEqual([]);
});
