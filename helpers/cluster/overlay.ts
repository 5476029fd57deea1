import type { V1Node } from '@kubernetes/client-node';
import type { Overlay } from '../model/topology.ts';

/** flannel's defaults on Linux, which K3s keeps: a node's annotation names the VNI, never the port. */
const FLANNEL_VXLAN = { port: 8472, device: (vni: number) => `flannel.${vni}` };
const CALICO_VXLAN = { port: 4789, vni: 4096, device: 'vxlan.calico' };

const FLANNEL = 'flannel.alpha.coreos.com/';

function flannelOverlay(annotations: Record<string, string>): Overlay | undefined {
  const backend = annotations[`${FLANNEL}backend-type`];
  if (!backend) return undefined;
  const source = `node annotation ${FLANNEL}backend-type`;
  if (backend === 'vxlan') {
    const data = annotations[`${FLANNEL}backend-data`];
    const vni = (data ? (JSON.parse(data) as { VNI?: number }).VNI : undefined) ?? 1;
    return { kind: 'flannel-vxlan', vni, port: FLANNEL_VXLAN.port, device: FLANNEL_VXLAN.device(vni), source };
  }
  if (backend === 'host-gw') return { kind: 'flannel-host-gw', source };
  if (backend === 'wireguard' || backend === 'extension') return { kind: 'flannel-wireguard', source };
  return { kind: 'unknown', source: `${source} is ${backend}` };
}

/** A Calico IPPool, as far as it says how packets travel. */
export interface IpPool {
  spec?: { ipipMode?: string; vxlanMode?: string; cidr?: string; disabled?: boolean };
}

function calicoOverlay(annotations: Record<string, string>, pools: IpPool[]): Overlay | undefined {
  const pool = pools.find(({ spec }) => spec?.disabled !== true)?.spec;
  const isCalico = pool || Object.keys(annotations).some((key) => key.startsWith('projectcalico.org/'));
  if (!isCalico) return undefined;
  const source = pool ? 'Calico IPPool' : 'node annotations projectcalico.org/*';
  if (pool?.vxlanMode && pool.vxlanMode !== 'Never') return { kind: 'calico-vxlan', ...CALICO_VXLAN, source };
  if ((pool?.ipipMode && pool.ipipMode !== 'Never') || annotations['projectcalico.org/IPv4IPIPTunnelAddr'])
    return { kind: 'calico-ipip', device: 'tunl0', source };
  return { kind: 'calico-bgp', source };
}

/**
 * How the cluster's pods reach other nodes. Calico goes before flannel: annotations of a flannel that was replaced stay
 * behind.
 */
export function readOverlay(nodes: V1Node[], pools: IpPool[]): Overlay {
  const annotations = Object.assign({}, ...nodes.map(({ metadata }) => metadata?.annotations ?? {})) as Record<
    string,
    string
  >;
  const isCilium = Object.keys(annotations).some(
    (key) => key.startsWith('network.cilium.io/') || key.startsWith('io.cilium.network'),
  );
  return (
    calicoOverlay(annotations, pools) ??
    (isCilium ? { kind: 'cilium', source: 'node annotations of Cilium' } : undefined) ??
    flannelOverlay(annotations) ?? { kind: 'unknown', source: 'no annotation of flannel, Calico or Cilium on any node' }
  );
}
