import type { OverlayTraits } from '../overlay.ts';
import { vxlanPort } from './vxlan.ts';

export const CALICO = 'projectcalico.org/';
/** The annotation with the address at which other nodes find a node, after the above. */
export const CALICO_NODE_ADDRESS = 'IPv4Address';
/** Those with the addresses of its tunnel devices, by encapsulation. */
export const CALICO_TUNNEL_ADDRESS = {
  'calico-vxlan': 'IPv4VXLANTunnelAddr',
  'calico-ipip': 'IPv4IPIPTunnelAddr',
} as const;

/** The group of Calico's own kinds of objects. */
export const CALICO_API = 'crd.projectcalico.org';

/** Calico's defaults: FelixConfiguration `vxlanPort` and `vxlanVNI`, and the names that felix gives its devices. */
export const CALICO_VXLAN = { vni: 4096, device: 'vxlan.calico' } as const;
export const CALICO_VXLAN_PORT = 4789;
export const CALICO_IPIP_DEVICE = 'tunl0';

/** IP protocol of IPIP (IANA). */
const IPIP = 4;

const common = {
  family: 'calico',
  announcedBy: [`${CALICO}${CALICO_NODE_ADDRESS}`],
  restart: 'delete the calico-node pod, which starts anew,',
} as const;
const address = 'IP_AUTODETECTION_METHOD of calico-node';

export const calicoIpip: OverlayTraits = {
  ...common,
  label: 'Calico IPIP',
  overheadBytes: 20,
  wire: () => ({ protocol: 'ip', number: IPIP }),
  tunnel: () => ({ device: CALICO_IPIP_DEVICE, source: 'Calico gives its IPIP device this name' }),
  settings: { address },
};

export const calicoVxlan: OverlayTraits = {
  ...common,
  label: 'Calico VXLAN',
  overheadBytes: 50,
  wire: ({ port }) => ({ protocol: 'udp', port }),
  tunnel: ({ sockets }, overlay) => ({
    ...CALICO_VXLAN,
    ...vxlanPort(sockets, {
      configured: overlay.kind === 'calico-vxlan' ? overlay.port : undefined,
      usual: [CALICO_VXLAN_PORT],
    }),
  }),
  settings: { port: 'vxlanPort in FelixConfiguration', vni: 'vxlanVNI in FelixConfiguration', address },
};

export const calicoBgp: OverlayTraits = {
  ...common,
  label: 'Calico BGP',
  overheadBytes: 0,
  wire: () => ({ protocol: 'none' }),
  tunnel: () => ({ source: 'Calico without encapsulation has no tunnel: packets leave as they are, by routes' }),
  settings: { address },
};
