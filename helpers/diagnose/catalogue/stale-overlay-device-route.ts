import type { CatalogueEntry, Match } from '../entry.ts';
import { ids, overlayFailuresAt, placeOf, say } from './support.ts';

/** Devices of each way of joining pods; any other family's device with routes is a left-over. */
const FAMILIES: Record<string, RegExp> = { flannel: /^(flannel[.-]|cni0$)/, calico: /^(vxlan\.calico|tunl0|cali)/, cilium: /^(cilium|lxc)/ };

/** Routes lead to a device of a network plugin that is no longer in charge. */
export const staleOverlayDeviceRoute: CatalogueEntry = {
  code: 'stale-overlay-device-route',
  title: (locations) => `routes lead to a device of a former network plugin: ${placeOf(locations)}`,
  layer: 'overlay',
  severity: 'critical',
  dependsOn: ['node-not-ready-endpoints'],
  needs: ["the node's routes", 'which network plugin is in charge'],
  match: (view) => {
    const kind = view.cluster.overlay?.value.kind;
    const family = Object.keys(FAMILIES).find((name) => kind?.startsWith(name));
    if (!family) return [];
    const foreign = Object.entries(FAMILIES).filter(([name]) => name !== family);
    return view.nodes.flatMap((node): Match[] => {
      const { routes } = view.host(node);
      const { failed } = overlayFailuresAt(view, node);
      const stale = (routes?.value ?? []).filter(({ device }) => device !== undefined && foreign.some(([, pattern]) => pattern.test(device)));
      if (stale.length === 0 || failed.length === 0) return [];
      return [{ confidence: 'proved', location: { node }, evidence: [say(`${node} sends ${stale.map(({ destination, device }) => `${destination} by ${device}`).join(', ')}, and the cluster runs ${kind}`, routes?.id, view.cluster.overlay?.id)], impact: [{ kind: 'overlay-node', node }, { kind: 'pods', node }], basis: ids(failed) }];
    });
  },
  remedy: { k3s: 'On the node: ip link delete of the left-over device (flannel.1, cni0, vxlan.calico), then restart the agent; or reboot.' },
  verify: ({ node }) => `ssh ${node} ip route`,
  parts: ({ node }) => `ssh ${node} 'ip -br link; ip route'`,
};
