import { FLANNEL_PUBLIC_IP } from '../model/overlay/flannel.ts';
import ipaddr from 'ipaddr.js';
import type { NodeInfo } from '../model/topology.ts';

/** Annotations by which network plug-ins say what address a node, or its tunnel's device, has. */
const ADDRESS_ANNOTATIONS = [FLANNEL_PUBLIC_IP, 'projectcalico.org/', 'network.cilium.io/'];

const addressOf = (text: string): string[] => {
  const [address = ''] = text.split('/');
  return ipaddr.isValid(address) ? [address] : [];
};

/** The first address that a bridge of a pod range can have, which host-local IPAM gives it. */
export function gatewayOf(range: string): string | undefined {
  const [network = '', bits] = range.split('/');
  if (bits === undefined || !ipaddr.IPv4.isValid(network)) return undefined;
  const octets = ipaddr.IPv4.parse(network).octets;
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.');
}

/**
 * Every address of nodes at which a probe may ask for the host network's agent: the InternalIPs, what the network
 * plug-in announces for a node (another interface's address, maybe a public one), and of the node's pod range the first
 * address, which flannel gives the tunnel's device, and the one that a bridge of pods has.
 */
export function listenAddresses(nodes: readonly NodeInfo[]): string[] {
  const all = nodes.flatMap(({ internalIp, ips = [], podCidrs, annotations }) => [
    internalIp,
    ...ips,
    ...podCidrs,
    ...podCidrs.flatMap((range) => gatewayOf(range) ?? []),
    ...Object.entries(annotations)
      .filter(([name]) => ADDRESS_ANNOTATIONS.some((prefix) => name.startsWith(prefix)))
      .map(([, value]) => value),
  ]);
  return [...new Set(all.flatMap(addressOf))];
}
