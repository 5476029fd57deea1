import { describe, expect, it } from 'vitest';
import { readOverlay } from '../../../helpers/cluster/overlay.ts';

const node = (annotations: Record<string, string>) => ({ metadata: { annotations } });
const flannel = (type: string, vni?: number) =>
  node({
    'flannel.alpha.coreos.com/backend-type': type,
    ...(vni !== undefined && { 'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: vni }) }),
  });
const calico = (annotations: Record<string, string> = {}) =>
  node({ 'projectcalico.org/IPv4Address': '10.0.0.1/24', ...annotations });

describe('the overlay of a cluster', () => {
  it.each([
    [
      'flannel VXLAN by its annotations',
      [flannel('vxlan', 7)],
      [],
      { kind: 'flannel-vxlan', vni: 7, device: 'flannel.7' },
    ],
    ['flannel host-gw', [flannel('host-gw')], [], { kind: 'flannel-host-gw' }],
    ['flannel WireGuard', [flannel('wireguard')], [], { kind: 'flannel-wireguard', device: 'flannel-wg' }],
    ['unknown, with a backend that nobody knows', [flannel('udp')], [], { kind: 'unknown' }],
    [
      'Calico IPIP by its pool',
      [calico()],
      [{ spec: { ipipMode: 'Always' } }],
      { kind: 'calico-ipip', device: 'tunl0' },
    ],
    [
      'Calico IPIP by its tunnel addresses',
      [calico({ 'projectcalico.org/IPv4IPIPTunnelAddr': '10.42.6.128' })],
      [],
      { kind: 'calico-ipip' },
    ],
    ['Calico VXLAN', [calico()], [{ spec: { vxlanMode: 'CrossSubnet' } }], { kind: 'calico-vxlan', vni: 4096 }],
    ['Calico BGP', [calico()], [{ spec: { ipipMode: 'Never', vxlanMode: 'Never' } }], { kind: 'calico-bgp' }],
    [
      'not that of a pool that is off',
      [calico()],
      [{ spec: { ipipMode: 'Always', disabled: true } }],
      { kind: 'calico-bgp' },
    ],
    ['Cilium', [node({ 'network.cilium.io/ipv4-cilium-host': '10.0.1.5' })], [], { kind: 'cilium' }],
    ['unknown without a mark', [node({})], [], { kind: 'unknown' }],
    [
      'Calico where a flannel that was replaced left its annotations',
      [flannel('vxlan', 1), calico()],
      [{ spec: { ipipMode: 'Always' } }],
      { kind: 'calico-ipip' },
    ],
    [
      'flannel where Calico keeps policies alone, as in Canal, though its pool is there',
      [node({ ...flannel('vxlan', 1).metadata.annotations, 'projectcalico.org/kube-labels': '{}' })],
      [{ spec: { ipipMode: 'Never', vxlanMode: 'Never' } }],
      { kind: 'flannel-vxlan', vni: 1, policies: 'calico' },
    ],
    [
      "unknown where Calico keeps policies over a provider's own network",
      [node({ 'projectcalico.org/kube-labels': '{}' })],
      [{ spec: { ipipMode: 'Never', vxlanMode: 'Never' } }],
      { kind: 'unknown', policies: 'calico' },
    ],
    [
      'Calico IPIP by its pool, where it has begun on no node yet',
      [node({})],
      [{ spec: { ipipMode: 'Always' } }],
      { kind: 'calico-ipip' },
    ],
    [
      'what most nodes announce, and not what an odd one does',
      [flannel('vxlan', 1), flannel('vxlan', 1), flannel('vxlan', 9)],
      [],
      { vni: 1, device: 'flannel.1' },
    ],
  ])('is %s', (_, nodes, pools, overlay) => {
    expect(readOverlay(nodes, pools)).toMatchObject(overlay);
  });

  it('has no port that no object names', () => {
    expect(readOverlay([flannel('vxlan', 1)], [])).not.toHaveProperty('port');
  });
});
