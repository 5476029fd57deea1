import { expect, test } from 'vitest';
import type { NodeLink } from '../../../../helpers/model/routing.ts';
import { CLUSTER, cutOff, diagnosed, fact, found } from '../../../support/cluster.ts';

const CODE = 'vxlan-port-clash';
const device = (name: string, { vni = 1, port = 8472, local, up = true }: Partial<Device> = {}): NodeLink => ({
  name,
  kind: 'vxlan',
  flags: up ? ['UP'] : [],
  vxlan: { vni, port, local },
});
interface Device {
  vni: number;
  port: number;
  local: string;
  up: boolean;
}
const devices = (...links: NodeLink[]) => fact('ssh/ip-link', links, 'b');
const cilium = device('cilium_vxlan', { vni: 0 });
const down = device('flannel.1', { up: false });

test('a tunnel that is down, or not there, is proved to clash with the device that has its UDP port', () => {
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(down, cilium))).toEqual(['proved at b']);
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(cilium))).toEqual(['proved at b']);
});

test('two VXLAN devices of different VNIs share a UDP port in peace', () => {
  const other = device('vxlan100', { vni: 100 });
  expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(device('flannel.1'), other))).toEqual([]);
});

test('a device of another port or of IPv6, or one that is down itself, takes no port from the tunnel', () => {
  for (const other of [
    device('vxlan.calico', { port: 4789 }),
    device('flannel-v6.1', { local: 'fd00::2' }),
    device('cilium_vxlan', { up: false }),
  ])
    expect(found(CODE, CLUSTER, cutOff('a', 'b'), devices(down, other))).toEqual([]);
});

test('two VXLAN devices on one port are no finding while nothing fails', () => {
  expect(found(CODE, CLUSTER, devices(down, cilium))).toEqual([]);
});

test('that the tunnel is down follows from the device that has its port', () => {
  const links = [
    { name: 'flannel.1', addresses: [], flags: ['broadcast'] },
    { name: 'cni0', addresses: ['10.42.2.1/24'], flags: ['up'] },
  ];
  const findings = diagnosed(CLUSTER, cutOff('a', 'b'), fact('links', links, 'b'), devices(down, cilium));
  expect(findings.filter(({ confidence }) => confidence === 'proved').map(({ code }) => code)).toEqual([CODE]);
});
