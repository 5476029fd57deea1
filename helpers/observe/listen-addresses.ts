import ipaddr from 'ipaddr.js';
import type { NodeInfo } from '../model/topology.ts';

/** Annotations by which network plug-ins say what address a node, or its tunnel's device, has. */
const ADDRESS_ANNOTATIONS = ['flannel.alpha.coreos.com/public-ip', 'projectcalico.org/', 'network.cilium.io/'];

const addressOf = (text: string): string[] => {
  const [address = ''] = text.split('/');
  return ipaddr.isValid(address) ? [address] : [];
};

/**
 * Every address of nodes at which a probe may ask for the host network's agent: the InternalIP, what the network
 * plug-in announces for a node (another interface's address, maybe a public one), and the tunnel's device, which
 * flannel gives the first address of the node's pod range.
 */
export function listenAddresses(nodes: readonly NodeInfo[]): string[] {
  const all = nodes.flatMap(({ internalIp, podCidrs, annotations }) => [
    internalIp,
    ...podCidrs,
    ...Object.entries(annotations)
      .filter(([name]) => ADDRESS_ANNOTATIONS.some((prefix) => name.startsWith(prefix)))
      .map(([, value]) => value),
  ]);
  return [...new Set(all.flatMap(addressOf))];
}
