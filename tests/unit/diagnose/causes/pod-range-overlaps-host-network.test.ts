import { expect, test } from 'vitest';
import { CLUSTER, fact, found } from '../../../support/cluster.ts';

const CODE = 'pod-range-overlaps-host-network';
const device = (name: string, ...addresses: string[]) => fact('links', [{ name, mtu: 1500, addresses }], 'b');

test('a network of the node within the range of pods is proved', () => {
  expect(found(CODE, CLUSTER, device('eth1', '10.42.1.126/25'))).toEqual(['proved at b']);
  expect(found(CODE, CLUSTER, device('eth1', '10.42.2.5/24'))).toEqual(['proved at b']);
});

test('the gateway of the node’s own pods is none, on whatever device the plugin has put it', () => {
  // The plugin ptp, as on GKE; OpenShift SDN's port of Open vSwitch.
  for (const name of ['gke1a2b3c4d5e6', 'tun0'])
    expect(found(CODE, CLUSTER, device(name, '10.42.2.1/32', '10.42.2.0/32'))).toEqual([]);
  expect(found(CODE, CLUSTER, device('eth1', '10.42.1.1/24'))).toEqual(['proved at b']);
});

test('a device of the network plugin with an address of its pool is none, and a VPN with one is', () => {
  for (const name of ['wireguard.cali', 'wg-v6.cali', 'vxlan.calico', 'tunl0'])
    expect(found(CODE, CLUSTER, device(name, '10.42.1.70/32'))).toEqual([]);
  expect(found(CODE, CLUSTER, device('wg0', '10.42.1.70/32'))).toEqual(['proved at b']);
});
