/** How pods of different nodes reach each other, and what the nodes have of it. Plain data. */

interface Origin {
  /** What was read to tell the kind, in one clause. */
  source: string;
  /** Who enforces NetworkPolicies where that is another than what carries the packets, as in Canal. */
  policies?: 'calico';
}

/** VXLAN's identifier and the name of its device; the port only where an object of the API names it. */
interface Vxlan {
  vni: number;
  /** UDP port. The nodes' kernels decide: see `Tunnel`. */
  port?: number;
  /** Name of the tunnel device. */
  device: string;
}

/** One kind of overlay network, with what the Kubernetes API says of it. */
export type Overlay =
  | ({ kind: 'flannel-vxlan' } & Vxlan & Origin)
  | ({ kind: 'flannel-host-gw' } & Origin)
  | ({ kind: 'flannel-wireguard'; device: string } & Origin)
  | ({ kind: 'calico-ipip'; device: string } & Origin)
  | ({ kind: 'calico-vxlan' } & Vxlan & Origin)
  | ({ kind: 'calico-bgp' } & Origin)
  | ({ kind: 'cilium' } & Origin)
  | ({ kind: 'unknown' } & Origin);

/** Whether nodes wrap pods' packets in VXLAN, which an ordinary UDP socket can imitate. */
export const isVxlan = (overlay: Overlay | undefined): overlay is Extract<Overlay, { vni: number }> =>
  overlay !== undefined && 'vni' in overlay;

export type OverlayKind = Overlay['kind'];

/** Whether the network's own agents enforce NetworkPolicy, whatever else does. */
export const enforcesPolicies = (overlay: Pick<Overlay, 'kind' | 'policies'> | undefined): boolean =>
  overlay?.policies !== undefined || /^(?:calico|cilium)/.test(overlay?.kind ?? '');

/** What carries a pod's packet from node to node. */
export type Wire =
  | { protocol: 'udp'; port: number | undefined }
  /** An IP protocol without ports, by its number (4 is IPIP). */
  | { protocol: 'ip'; number: number }
  /** The packet itself: nothing is put around it. */
  | { protocol: 'none' }
  | { protocol: 'unknown' };

/** What one node has of the overlay. A field is absent where it could not be determined. */
export interface Tunnel {
  device?: string;
  vni?: number;
  /** UDP port on which its kernel takes the overlay's datagrams, and to which it sends its own. */
  port?: number;
  /** UDP ports, one of which may be the tunnel's, where none is determined. */
  candidates?: number[];
  /** What says so, or why the port is not known, in one clause. */
  source: string;
}

/** What is read of one node to tell its tunnel. What was not observed is absent. */
export interface TunnelFacts {
  annotations: Record<string, string>;
  /** Names of its devices. */
  devices?: string[];
  /** Its UDP sockets that wait for anybody, by /proc/net/udp. */
  sockets?: { address: string; port: number; uid?: number }[];
}

/** What the project knows of one kind: names, numbers and words. Pure: the diagnosis reads it as well. */
export interface OverlayTraits {
  /** What it is called in a sentence, for example `flannel VXLAN`. */
  label: string;
  /** The network plugin, whose devices are at home on the nodes; absent where it is unknown. */
  family?: 'flannel' | 'calico' | 'cilium';
  /**
   * Annotations in which nodes announce the address to which peers send what is for their pods, the first that is
   * there. It need not be the node's own.
   */
  announcedBy: readonly string[];
  /** Bytes that it puts around a pod's packet, as they count against the uplink's MTU over IPv4. */
  overheadBytes: number;
  /** The bridge of the pods, where the plugin has one. */
  bridge?: string;
  wire: (tunnel: Tunnel) => Wire;
  /** What a node has, by what was read of it. */
  tunnel: (facts: TunnelFacts, overlay: Overlay) => Tunnel;
  /** Where an operator sets the UDP port, the VNI and the node's address, as words after "set". */
  settings: { port?: string; vni?: string; address?: string };
  /** What starts the plugin anew on a node, for example `restart K3s`. */
  restart: string;
}
