import { describe, expect, it } from 'vitest';
import type { OverlayKind } from '../../../../helpers/model/overlay.ts';
import type { NodeInfo } from '../../../../helpers/model/topology.ts';
import { announcedAddress } from '../../../../helpers/model/overlay/index.ts';
import { driverOf } from '../../../../helpers/observe/overlay/index.ts';
import { listenAddresses } from '../../../../helpers/observe/listen-addresses.ts';

const node: NodeInfo = {
  name: 'a',
  role: 'agent',
  internalIp: '10.0.0.1',
  podCidrs: ['fd00:42::/64', '10.42.1.0/24'],
  ready: true,
  unschedulable: false,
  kubeletVersion: 'v1.34.0',
  annotations: {
    'flannel.alpha.coreos.com/public-ip': '203.0.113.1',
    'projectcalico.org/IPv4Address': '10.1.0.1/24',
    'projectcalico.org/IPv4IPIPTunnelAddr': '10.42.6.128',
    'projectcalico.org/IPv4VXLANTunnelAddr': '10.42.6.129',
    'network.cilium.io/ipv4-cilium-host': '10.42.1.77',
  },
};
const links = [
  { name: 'eth0', addresses: ['10.0.0.1/24'] },
  { name: 'cni0', addresses: ['10.42.1.1/24'] },
];

describe('the driver of', () => {
  it.each<[OverlayKind, string | undefined, string | undefined, string]>([
    ['flannel-vxlan', '203.0.113.1', '10.42.1.0', 'direct'],
    ['flannel-wireguard', '203.0.113.1', '10.42.1.0', 'wrapped'],
    ['flannel-host-gw', '203.0.113.1', '10.42.1.1', 'none'],
    ['calico-ipip', '10.1.0.1', '10.42.6.128', 'wrapped'],
    ['calico-vxlan', '10.1.0.1', '10.42.6.129', 'direct'],
    ['calico-bgp', '10.1.0.1', undefined, 'none'],
    ['cilium', undefined, '10.42.1.77', 'none'],
    ['unknown', undefined, '10.42.1.1', 'none'],
  ])('%s sends to %s, asks %s by the overlay, and bursts: %s', (kind, announced, echo, burst) => {
    const driver = driverOf({ kind });
    expect([announcedAddress({ kind }, node.annotations), driver.echoAddress(node, links), driver.burst]).toEqual([
      announced,
      echo,
      burst,
    ]);
    // What nobody listens at would never answer.
    expect(listenAddresses([node])).toEqual(expect.arrayContaining([announced, echo].filter(Boolean)));
  });

  it.each<OverlayKind>(['flannel-host-gw', 'unknown'])('%s asks no bridge that a node does not have', (kind) => {
    expect(driverOf({ kind }).echoAddress(node, links.slice(0, 1))).toBeUndefined();
  });
});
