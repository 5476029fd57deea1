import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { vxlanModuleMissing } from './vxlan-module-missing.ts';
import { vxlanPortClash } from './vxlan-port-clash.ts';
import { duplicatePodCidr } from '../objects/duplicate-pod-cidr.ts';
import { proved } from '../../match.ts';

/** IPv4 addresses of a node's tunnel device, with their lengths, and the one that flannel gives it. */
function addressesOf(view: View, node: string): { own: string[]; expected: string | undefined } {
  const device = view.host(node).link(view.overlay.on(node).device);
  return {
    own: device?.addresses.filter((address) => address.includes('.')) ?? [],
    expected: view.cluster.nodes
      .get(node)
      ?.value.podCidrs.find((range) => range.includes('.'))
      ?.split('/')[0],
  };
}

/** Those of them that flannel did not give it. */
function strangeAddresses(view: View, node: string): string[] {
  const { own, expected } = addressesOf(view, node);
  return own.filter((address) => address.split('/')[0] !== expected);
}

/** The tunnel device has another address than flannel gives it. */
export const tunnelDeviceReaddressed: CatalogueEntry = {
  code: 'tunnel-device-readdressed',
  title: (locations) => `the tunnel device has an address that flannel did not give it: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, duplicatePodCidr],
  // A device that was made anew has no address yet.
  yieldsTo: [vxlanModuleMissing, vxlanPortClash],
  match: (view) => {
    if (view.cluster.overlay?.value.kind !== 'flannel-vxlan') return [];
    return [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const host = view.host(value.name);
      const device = host.link(view.overlay.on(value.name).device);
      const { own, expected } = addressesOf(view, value.name);
      const { failed } = overlayFailuresAt(view, value.name);
      if (!device || !expected || failed.length === 0 || (device.flags && !device.flags.includes('up'))) return [];
      if (own.length === 1 && own[0]?.split('/')[0] === expected) return [];
      return [
        proved({
          at: { node: value.name },
          evidence: [
            say(
              `${view.overlay.device(value.name)} on ${value.name} has ` +
                `${own.length > 0 ? own.join(', ') : 'no address'}, flannel gives it ${expected}/32`,
              host.links?.id,
              id,
            ),
          ],
          impact: [{ kind: 'overlay-node', node: value.name }],
          basis: failed,
        }),
      ];
    });
  },
  remedy: (view, locations) => {
    const removals = locations.flatMap(({ node = '' }) => {
      const foreign = strangeAddresses(view, node).map(
        (address) => `ip addr del ${address} dev ${view.overlay.device(node)}`,
      );
      return foreign.length > 0 ? [`On ${node}: ${foreign.join('; ')}`] : [];
    });
    return [
      {
        text:
          `${removals.map((each) => `${each}. `).join('')}Restart K3s there, which sets its own address; and keep ` +
          'DHCP clients and network managers off flannel.*, cni0 and veth* (denyinterfaces, unmanaged-devices).',
      },
    ];
  },
  shows: "one address, the first of the node's pod range",
  verify: ({ node }, { overlay }) => `ssh ${node} ip -4 addr show ${overlay.device(node)}`,
  parts: ({ node }, { overlay }) => `ssh ${node} ip -4 addr show ${overlay.device(node)}`,
};
