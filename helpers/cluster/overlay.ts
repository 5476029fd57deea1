import type { V1Node } from '@kubernetes/client-node';
import { CALICO, CALICO_IPIP_DEVICE, CALICO_VXLAN } from '../model/overlay/calico.ts';
import { announcedVni, FLANNEL, isIpv6Alone, vxlanDevice } from '../model/overlay/flannel.ts';
import type { Overlay } from '../model/overlay.ts';
import type { IpPool } from './ip-pools.ts';

type Annotations = Record<string, string>;

/** By which nodes find each other, or send into its tunnels. */
const CALICO_ADDRESS = new RegExp(`^${CALICO}IPv[46](?:Address|IPIPTunnelAddr|VXLANTunnelAddr)$`);

const BACKEND_TYPE = `${FLANNEL}backend-type`;

function flannelOverlay(nodes: Annotations[]): Overlay | undefined {
  const own = nodes.filter((annotations) => annotations[BACKEND_TYPE]);
  const backend = own[0]?.[BACKEND_TYPE];
  if (!backend) return undefined;
  const source = `node annotation ${BACKEND_TYPE}`;
  if (backend === 'vxlan') {
    // What most nodes announce: an odd one is a fault of that node, and not what the cluster has.
    const vnis = [...Map.groupBy(own.map(announcedVni), (vni) => vni)].toSorted(([, a], [, b]) => b.length - a.length);
    const vni = vnis[0]?.[0] as number;
    return { kind: 'flannel-vxlan', vni, device: vxlanDevice(vni, own.every(isIpv6Alone)), source };
  }
  if (backend === 'host-gw') return { kind: 'flannel-host-gw', source };
  if (backend === 'wireguard' || backend === 'extension')
    return { kind: 'flannel-wireguard', device: 'flannel-wg', source };
  return { kind: 'unknown', source: `${source} is ${backend}` };
}

function calicoOverlay(nodes: Annotations[], pools: IpPool[]): Overlay | undefined {
  const pool = pools.find(({ spec }) => spec?.disabled !== true)?.spec;
  const has = (key: string) => nodes.some((annotations) => annotations[`${CALICO}${key}`]);
  const isCalico = pool || nodes.some((annotations) => Object.keys(annotations).some((key) => key.startsWith(CALICO)));
  if (!isCalico) return undefined;
  const source = pool ? 'Calico IPPool' : `node annotations ${CALICO}*`;
  if (pool?.vxlanMode && pool.vxlanMode !== 'Never') return { kind: 'calico-vxlan', ...CALICO_VXLAN, source };
  if ((pool?.ipipMode && pool.ipipMode !== 'Never') || has('IPv4IPIPTunnelAddr'))
    return { kind: 'calico-ipip', device: CALICO_IPIP_DEVICE, source };
  return { kind: 'calico-bgp', source };
}

const isCilium = (annotations: Annotations): boolean =>
  Object.keys(annotations).some((key) => key.startsWith('network.cilium.io/') || key.startsWith('io.cilium.network'));

const POLICY_ALONE = 'Calico keeps policies, no node has an address of it';

/**
 * Calico keeps policies alone (with CALICO_NETWORKING_BACKEND=none it gives no node an address, and its pool is there
 * all the same): in Canal, RKE2's default, under flannel; on EKS, GKE and AKS under the provider's own network.
 */
const isForPolicyAlone = (nodes: Annotations[]): boolean =>
  !nodes.some((annotations) => Object.keys(annotations).some((key) => CALICO_ADDRESS.test(key)));

/**
 * How the cluster's pods reach other nodes. Calico goes before flannel where it routes: annotations of a flannel that
 * was replaced stay behind. The port is not among it: no annotation names it, and the nodes' kernels know.
 */
export function readOverlay(nodes: V1Node[], pools: IpPool[]): Overlay {
  const annotations = nodes.map(({ metadata }) => metadata?.annotations ?? {});
  const calico = calicoOverlay(annotations, pools);
  const flannel = flannelOverlay(annotations);
  const cilium: Overlay | undefined = annotations.some(isCilium)
    ? { kind: 'cilium', source: 'node annotations of Cilium' }
    : undefined;
  if (calico && isForPolicyAlone(annotations)) {
    if (flannel) return { ...flannel, policies: 'calico' };
    // A pool with a tunnel says that Calico is to carry packets, though it has begun on no node.
    if (calico.kind === 'calico-bgp') return cilium ?? { kind: 'unknown', policies: 'calico', source: POLICY_ALONE };
  }
  const none: Overlay = { kind: 'unknown', source: 'no annotation of flannel, Calico or Cilium on any node' };
  return calico ?? cilium ?? flannel ?? none;
}
