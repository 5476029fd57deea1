import { describe, expect, test } from 'vitest';
import type { NodeInfo } from '../../../helpers/model/topology.ts';
import { listenAddresses } from '../../../helpers/observe/listen-addresses.ts';

const node = (more: Partial<NodeInfo>): NodeInfo => ({
  name: 'n1',
  role: 'agent',
  internalIp: '10.0.0.1',
  podCidrs: [],
  ready: true,
  unschedulable: false,
  kubeletVersion: 'v1.34.0',
  annotations: {},
  ...more,
});

describe('the addresses at which agents of the host network listen', () => {
  test('are each InternalIP, and of a pod range the first address for the tunnel, the next for the bridge', () => {
    expect(
      listenAddresses([
        node({ podCidrs: ['10.42.0.0/24', 'fd00:42::/64'] }),
        node({ internalIp: '10.0.0.2', podCidrs: ['10.42.1.0/24'] }),
      ]),
    ).toEqual(['10.0.0.1', '10.42.0.0', 'fd00:42::', '10.42.0.1', '10.0.0.2', '10.42.1.0', '10.42.1.1']);
  });

  test('hold the other address that flannel announces for a node', () => {
    expect(
      listenAddresses([
        node({
          annotations: {
            'flannel.alpha.coreos.com/public-ip': '192.0.2.5',
            'flannel.alpha.coreos.com/backend-data': '{"VNI":1}',
          },
        }),
      ]),
    ).toEqual(['10.0.0.1', '192.0.2.5']);
  });

  test("hold Calico's own address and tunnel of a node, without the prefix length", () => {
    expect(
      listenAddresses([
        node({
          annotations: {
            'projectcalico.org/IPv4Address': '10.1.0.1/24',
            'projectcalico.org/IPv4IPIPTunnelAddr': '10.244.3.1',
          },
        }),
      ]),
    ).toEqual(['10.0.0.1', '10.1.0.1', '10.244.3.1']);
  });

  test('hold no public address that only K3s knows of', () => {
    expect(listenAddresses([node({ annotations: { 'k3s.io/external-ip': '203.0.113.9' } })])).toEqual(['10.0.0.1']);
  });
});
