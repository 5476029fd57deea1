import { holderOf } from '../../../model/devices.ts';
import { FLANNEL_PUBLIC_IP } from '../../../model/overlay/flannel.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { overlayFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { vxlanModuleMissing } from './vxlan-module-missing.ts';
import { vxlanPortClash } from './vxlan-port-clash.ts';
import { podRangeOverlapsHostNetwork } from '../objects/pod-range-overlaps-host-network.ts';
import { duplicatePodCidr } from '../objects/duplicate-pod-cidr.ts';
import { provedIf } from '../../match.ts';

const firstIpv4 = (ranges: string[] | undefined): string | undefined => ranges?.find((range) => range.includes('.'));

/** What is wrong with one node's entries for another: the route, or the tunnel's forwarding entry. */
function flaw(view: View, from: string, to: string): { text: string; ids: (string | undefined)[] } | undefined {
  const peer = view.cluster.nodes.get(to);
  const range = firstIpv4(peer?.value.podCidrs);
  if (!peer || !range) return undefined;
  const routes = view.host(from).routes;
  const tunnel = view.overlay.on(from).device;
  if (routes) {
    const own = routes.value.filter(({ destination }) => destination === range);
    const usable = own.find(({ device, reject }) => device === tunnel && !reject);
    const [wrong] = own;
    if (!wrong) return { text: `${from} has no route to ${range}, the pods of ${to}`, ids: [routes.id, peer.id] };
    if (!usable)
      return {
        text:
          `${from} sends ${range}, the pods of ${to}, ` +
          (wrong.reject ? 'nowhere (the route refuses)' : `by ${wrong.device} and not by ${tunnel}`),
        ids: [routes.id, peer.id],
      };
    if (usable.gateway && usable.gateway !== range.split('/')[0])
      return { text: `${from} sends ${range}, the pods of ${to}, to ${usable.gateway}`, ids: [routes.id, peer.id] };
  }
  const { forwards, neighbours } = view.ssh(from);
  const mac = view.host(to).link(view.overlay.on(to).device)?.address;
  const entries = forwards?.value.filter(
    (entry) => entry.device === tunnel && entry.mac === mac && entry.destination !== undefined,
  );
  const announced = peer.value.annotations[FLANNEL_PUBLIC_IP] ?? peer.value.internalIp;
  if (forwards && mac && entries?.length === 0) {
    // Another MAC under the peer's address is a stale MAC: that has a name of its own.
    const neighbour = neighbours?.value.find(
      (entry) => entry.address === range.split('/')[0] && entry.device === tunnel,
    );
    return neighbour?.mac !== undefined && neighbour.mac !== mac
      ? undefined
      : {
          text: `${from}'s tunnel device has no forwarding entry for ${mac}, the tunnel device of ${to}`,
          ids: [forwards.id],
        };
  }
  const odd = entries?.find(({ destination }) => destination !== announced && destination !== peer.value.internalIp);
  return (
    odd && {
      text: `${from}'s tunnel device sends what is for ${to} to ${odd.destination}, not to ${announced}`,
      ids: [forwards?.id, peer.id],
    }
  );
}

/** A node does not know, or knows wrongly, where another node's pods are. */
export const flannelLeaseWrongOrMissing: CatalogueEntry = {
  code: 'flannel-lease-wrong-or-missing',
  title: (locations) => `a node lacks or mistakes the way to another's pods: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, podRangeOverlapsHostNetwork, duplicatePodCidr],
  // Routes and forwarding entries go with the device.
  yieldsTo: [vxlanModuleMissing, vxlanPortClash],
  sets: ['bridge-fdb', 'ip-neigh'],
  match: (view) => {
    if (!view.cluster.overlay?.value.kind.startsWith('flannel-vxlan')) return [];
    const byPair = [...view.pairs.values()].flatMap(({ from, to }): Match[] => {
      const failed = overlayFailures(view, from, to);
      if (failed.length === 0) return [];
      const wrong = flaw(view, from, to);
      return wrong
        ? [
            // Routes and entries go with a device that is gone: only where it is seen to be there are they a fault.
            provedIf(view.host(from).link(view.overlay.on(from).device), {
              at: { from, to },
              evidence: [say(wrong.text, ...wrong.ids)],
              impact: [{ kind: 'overlay', from, to }],
              basis: failed,
            }),
          ]
        : [];
    });
    const moved = [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const announced = value.annotations[`${FLANNEL_PUBLIC_IP}-overwrite`]
        ? undefined
        : value.annotations[FLANNEL_PUBLIC_IP];
      const { failed } = overlayFailuresAt(view, value.name);
      const links = view.host(value.name).links;
      if (
        !announced ||
        failed.length === 0 ||
        !links ||
        links.value.every(({ addresses }) => addresses.length === 0) ||
        holderOf(links.value, announced)
      )
        return [];
      if (announced === value.internalIp) return [];
      const open = [...view.pairs.values()]
        .flatMap((pair) => (pair.to === value.name ? pair.internalBursts : []))
        .find(({ outcome }) => outcome === 'open');
      // An address that is translated on the way is on no device either: only what passes to the node's own shows that
      // the announced one is at fault.
      return [
        provedIf(open, {
          at: { node: value.name },
          evidence: [
            say(
              `flannel announces ${announced} for ${value.name}, an address that none of its devices has`,
              id,
              links.id,
            ),
            open && say(`VXLAN datagrams to ${value.internalIp} come out of its tunnel device`, open.id),
          ],
          impact: [{ kind: 'overlay-node', node: value.name }],
          basis: failed,
        }),
      ];
    });
    return [...byPair, ...moved];
  },
  remedy: () => [
    {
      text:
        'Restart K3s (flannel) on the node that lacks the entry, and on the one that it is about if its address has ' +
        'changed.',
    },
  ],
  shows: 'a route to the pod range of every other node',
  verify: ({ from, node }, { overlay }) => `ssh ${from ?? node} ip route show dev ${overlay.device(from ?? node)}`,
  parts: ({ from, node }, { overlay }) => {
    const device = overlay.device(from ?? node);
    return `ssh ${from ?? node} 'ip route show dev ${device}; bridge fdb show dev ${device}'`;
  },
};
