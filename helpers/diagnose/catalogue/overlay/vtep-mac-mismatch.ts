import type { NodeInfo } from '../../../model/topology.ts';
import { CALICO, CALICO_TUNNEL_ADDRESS } from '../../../model/overlay/calico.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { overlayFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { vxlanModuleMissing } from './vxlan-module-missing.ts';
import { vxlanPortClash } from './vxlan-port-clash.ts';
import { proved, provedIf } from '../../match.ts';

const BACKEND = 'flannel.alpha.coreos.com/backend-data';

/** The address of a node's tunnel device: Calico announces it, flannel's is the first of the node's range. */
function tunnelAddress({ annotations, podCidrs }: NodeInfo, kind: string): string | undefined {
  if (kind === 'calico-vxlan') return annotations[`${CALICO}${CALICO_TUNNEL_ADDRESS[kind]}`];
  return podCidrs.find((range) => range.includes('.'))?.split('/')[0];
}

function announcedMac(data: string | undefined): string | undefined {
  return /"VtepMAC"\s*:\s*"([0-9a-fA-F:]+)"/.exec(data ?? '')?.[1]?.toLowerCase();
}

/** Peers address a tunnel device by a MAC that it does not have: frames arrive and nobody takes them. */
export const vtepMacMismatch: CatalogueEntry = {
  code: 'vtep-mac-mismatch',
  title: (locations) => `the tunnel device is addressed by a MAC that it does not have: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  // A device that was made anew has another MAC.
  yieldsTo: [vxlanModuleMissing, vxlanPortClash],
  sets: ['ip-neigh', 'bridge-fdb'],
  match: (view) => {
    const annotated = [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const host = view.host(value.name);
      const [mac, own] = [
        announcedMac(value.annotations[BACKEND]),
        host.link(view.overlay.on(value.name).device)?.address?.toLowerCase(),
      ];
      const { failed } = overlayFailuresAt(view, value.name);
      if (!mac || !own || mac === own || failed.length === 0) return [];
      return [
        proved({
          at: { node: value.name },
          evidence: [
            say(
              `flannel announces MAC ${mac} for ${value.name}, whose ${view.overlay.device(value.name)} has ${own}`,
              id,
              host.links?.id,
            ),
          ],
          impact: [{ kind: 'overlay-node', node: value.name }],
          basis: failed,
        }),
      ];
    });
    const kind = view.cluster.overlay?.value.kind ?? 'unknown';
    const stale = [...view.pairs.values()].flatMap(({ from, to, bursts }): Match[] => {
      const failed = overlayFailures(view, from, to);
      const { neighbours } = view.ssh(from);
      const own = view.host(to).link(view.overlay.on(to).device)?.address?.toLowerCase();
      const info = view.cluster.nodes.get(to)?.value;
      const gateway = info && tunnelAddress(info, kind);
      if (failed.length === 0 || !neighbours || !own || !gateway) return [];
      const entry = neighbours.value.find(
        ({ address, device }) => address === gateway && device === view.overlay.on(from).device,
      );
      const said = entry?.mac?.toLowerCase();
      if (said === own) return [];
      // What comes out at the other end was addressed.
      if (said === undefined && bursts.some(({ outcome }) => outcome === 'open')) return [];
      const text = said
        ? `${from} addresses the tunnel device of ${to} by MAC ${said}, it has ${own}`
        : `${from} has no neighbour entry for ${gateway}, the tunnel device of ${to}`;
      return [
        provedIf(said, {
          at: { from, to },
          evidence: [say(text, neighbours.id, view.host(to).links?.id)],
          impact: [{ kind: 'overlay', from, to }],
          basis: failed,
        }),
      ];
    });
    return [...annotated, ...stale];
  },
  remedy: () => [
    {
      text:
        'Restart K3s (flannel) on the node whose MAC is mistaken, then on peers that keep the stale entry; a .link ' +
        'file with MACAddressPolicy=none keeps systemd from changing it.',
    },
  ],
  shows: ({ to }, { overlay }) =>
    to === undefined
      ? 'the MAC of the tunnel device of every other node'
      : `at the tunnel address of ${to} the MAC that ip link show ${overlay.device(to)} prints there`,
  verify: ({ from, node }, { overlay }) => `ssh ${from ?? node} ip neigh show dev ${overlay.device(from ?? node)}`,
  parts: ({ from, node }, { overlay }) => {
    const device = overlay.device(from ?? node);
    return `ssh ${from ?? node} 'ip neigh show dev ${device}; bridge fdb show dev ${device}'`;
  },
};
