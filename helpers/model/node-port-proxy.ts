import type { Family } from './family.ts';

/** What is known of the proxy that serves NodePorts on a node. What is absent could not be read. */
export interface NodePortProxy {
  /** `iptables`, `nftables`, `ipvs`, as kube-proxy itself says, or as its tables show. */
  mode?: string;
  /** Addresses that it was told to serve NodePorts at: ranges, or `primary`, `localhost`, `all`. */
  nodePortAddresses?: string[];
  /** Whether it was told to serve them at loopback addresses in its mode iptables. */
  localhostNodePorts?: boolean;
  /** The kernel's `net.ipv4.conf.all.route_localnet`: without it nothing from loopback leaves for a pod. */
  routeLocalnet?: boolean;
}

/** Words and ranges that take in 127.0.0.1. */
const holdsLoopback = (address: string): boolean =>
  address === 'all' || address === 'localhost' || address.startsWith('127.') || address.endsWith('/0');

/**
 * Why a node does not answer for its NodePorts at a loopback address, as its kube-proxy was told or by its mode;
 * undefined where that is not known. kube-proxy serves them there in its mode iptables alone, and by IPv4: nftables and
 * ipvs by design do not, and the kernel's route_localnet is of IPv4 (kube-proxy's `--iptables-localhost-nodeports`).
 */
export function whyNotAtLocalhost(
  { mode, nodePortAddresses = [], localhostNodePorts }: NodePortProxy,
  family: Family,
): string | undefined {
  if (family === 'IPv6') return 'kube-proxy serves NodePorts at no loopback address of IPv6';
  if (mode === 'nftables' || mode === 'ipvs') return `kube-proxy's mode ${mode} does not serve NodePorts there`;
  if (localhostNodePorts === false) return 'kube-proxy was told not to serve NodePorts there (localhostNodePorts)';
  if (nodePortAddresses.length > 0 && !nodePortAddresses.some(holdsLoopback))
    return `kube-proxy was told to serve NodePorts at ${nodePortAddresses.join(', ')} alone (nodePortAddresses)`;
  return undefined;
}
