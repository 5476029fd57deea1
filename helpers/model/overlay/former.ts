import type { OverlayKind } from '../overlay.ts';

/** What a network leaves on nodes when another takes its place. */
export interface FormerNetwork {
  name: string;
  devices: RegExp;
  /** Of its files in the folders of the runtime. */
  files: RegExp;
  /** Whose rules they are, as chains tell; `nobody` where the network that runs may have them. */
  owner: 'flannel' | 'calico' | 'nobody';
}

const NONE = /$^/;
const FLANNEL: FormerNetwork = {
  name: 'flannel',
  devices: /^(flannel[.-]|cni0$)/,
  files: /flannel/i,
  owner: 'flannel',
};
const FLANNEL_TUNNELS: FormerNetwork = { ...FLANNEL, devices: /^flannel[.-]/, files: NONE, owner: 'nobody' };
const CALICO: FormerNetwork = { name: 'Calico', devices: /^(tunl0|vxlan\.calico)$/, files: /calico/i, owner: 'calico' };
const CALICO_VXLAN: FormerNetwork = { ...CALICO, devices: /^vxlan\.calico$/, files: NONE, owner: 'nobody' };
const CALICO_IPIP: FormerNetwork = { ...CALICO_VXLAN, devices: /^tunl0$/ };

/** Networks that do not run where another does, by the one that runs. */
export const FORMER_NETWORKS: Partial<Record<OverlayKind, readonly FormerNetwork[]>> = {
  'flannel-vxlan': [CALICO],
  'flannel-wireguard': [CALICO],
  'flannel-host-gw': [CALICO, FLANNEL_TUNNELS],
  'calico-ipip': [FLANNEL, CALICO_VXLAN],
  'calico-vxlan': [FLANNEL, CALICO_IPIP],
  'calico-bgp': [FLANNEL, CALICO_IPIP, CALICO_VXLAN],
  cilium: [FLANNEL, CALICO],
};
