import { holderOf } from '../../model/devices.ts';
import type { NodeInfo } from '../../model/topology.ts';
import { gatewayOf } from '../listen-addresses.ts';

/** What a node's devices are called, and which addresses they have. */
export interface HostLink {
  name: string;
  addresses: string[];
}

/** How one kind of overlay is tried and judged. What is known of it as names and words is in helpers/model/overlay. */
export interface OverlayDriver {
  /** An address that the node's kernel answers for and that peers reach by the overlay alone. */
  echoAddress: (node: NodeInfo, links: readonly HostLink[]) => string | undefined;
  /**
   * How a burst is sent that comes out of the receiver's tunnel device. `direct`: to the announced address, shaped as
   * the tunnel shapes it, so that no tunnel of the sender's takes part. `wrapped`: to the echo address, and the
   * sender's kernel wraps it. `none`: there is no tunnel device to count by.
   */
  burst: 'direct' | 'wrapped' | 'none';
  /** Whether the echo address may be out of peers' reach on a sound cluster: silence is then no failure. */
  mayBeSilent?: boolean;
}

/** An address without its prefix length. */
export const bare = (address: string | undefined): string | undefined => address?.split('/')[0] || undefined;

const firstIpv4 = ({ podCidrs }: NodeInfo): string | undefined => podCidrs.find((cidr) => cidr.includes('.'));

/** The first address of a node's pod range, which flannel's tunnels have: of IPv4 where it has that. */
export const firstOfRange = (node: NodeInfo): string | undefined => bare(firstIpv4(node) ?? node.podCidrs[0]);

/** The address of the bridge of a node's pods, where one of its devices has the usual one. */
export function bridgeOfRange(node: NodeInfo, links: readonly HostLink[]): string | undefined {
  const address = gatewayOf(firstIpv4(node) ?? '');
  return holderOf(links, address) && address;
}
