import type { OverlayTraits, TunnelFacts } from '../overlay.ts';
import { vxlanPort } from './vxlan.ts';

/** Prefix of the annotations by which flannel's nodes tell each other what they have. */
export const FLANNEL = 'flannel.alpha.coreos.com/';
/** The annotation in which flannel announces the address at which other nodes reach a node's tunnel. */
export const FLANNEL_PUBLIC_IP = `${FLANNEL}public-ip`;

/** flannel's default on Linux (net-conf `Backend.Port`), which K3s keeps, and what it needs with Windows nodes. */
const USUAL_PORTS = [8472, 4789];
/** flannel's default network identifier. */
const DEFAULT_VNI = 1;

/** Whether flannel carries IPv6 and no IPv4: it has a device of its own for each family. */
export const isIpv6Alone = (annotations: Record<string, string>): boolean =>
  annotations[FLANNEL_PUBLIC_IP] === undefined && annotations[`${FLANNEL}public-ipv6`] !== undefined;

/** flannel names its device so, and that of IPv6 `flannel-v6.<vni>`. */
export const vxlanDevice = (vni: number, ofIpv6 = false): string => `flannel${ofIpv6 ? '-v6' : ''}.${vni}`;

/** The VNI that a node announces; flannel's default where it announces none. */
export function announcedVni(annotations: Record<string, string>): number {
  const data = annotations[`${FLANNEL}${isIpv6Alone(annotations) ? 'backend-v6-data' : 'backend-data'}`];
  try {
    return (data ? (JSON.parse(data) as { VNI?: number } | null)?.VNI : undefined) ?? DEFAULT_VNI;
  } catch {
    return DEFAULT_VNI;
  }
}

/** The node's device is the one that it announces; where that is not there and one other of flannel's is, that one. */
function deviceOf({ annotations, devices }: TunnelFacts): { device: string; vni: number } {
  const announced = announcedVni(annotations);
  const ofIpv6 = isIpv6Alone(annotations);
  const pattern = ofIpv6 ? /^flannel-v6\.(\d+)$/ : /^flannel\.(\d+)$/;
  const own = (devices ?? []).flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  const vni = own.length === 1 && !own.includes(announced) ? (own[0] as number) : announced;
  return { device: vxlanDevice(vni, ofIpv6), vni };
}

const common = {
  family: 'flannel',
  announcedBy: [FLANNEL_PUBLIC_IP, `${FLANNEL}public-ipv6`],
  bridge: 'cni0',
  restart: 'restart K3s (flannel)',
} as const;
const address = '--flannel-iface and --node-ip';

export const flannelVxlan: OverlayTraits = {
  ...common,
  label: 'flannel VXLAN',
  overheadBytes: 50,
  wire: ({ port }) => ({ protocol: 'udp', port }),
  tunnel: (facts, overlay) => ({
    ...deviceOf(facts),
    ...vxlanPort(facts.sockets, {
      configured: overlay.kind === 'flannel-vxlan' ? overlay.port : undefined,
      usual: USUAL_PORTS,
      ofIpv6: isIpv6Alone(facts.annotations),
    }),
  }),
  settings: {
    port: 'Backend.Port in flannel’s net-conf.json',
    vni: 'Backend.VNI in flannel’s net-conf.json',
    address,
  },
};

export const flannelHostGw: OverlayTraits = {
  ...common,
  label: 'flannel host-gw',
  overheadBytes: 0,
  wire: () => ({ protocol: 'none' }),
  tunnel: () => ({ source: 'host-gw has no tunnel: packets leave as they are, by routes' }),
  settings: { address },
};

/** flannel's WireGuard listens here unless `ListenPort` says otherwise; 60 bytes over IPv4 (wireguard.com). */
const WIREGUARD_PORT = 51_820;

export const flannelWireguard: OverlayTraits = {
  ...common,
  label: 'flannel WireGuard',
  overheadBytes: 60,
  wire: ({ port }) => ({ protocol: 'udp', port }),
  tunnel: ({ sockets }) => ({
    device: 'flannel-wg',
    ...vxlanPort(sockets, { usual: [WIREGUARD_PORT] }),
  }),
  settings: { port: 'Backend.ListenPort in flannel’s net-conf.json', address },
};
