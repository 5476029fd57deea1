import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { overlap } from '../../evidence/ranges.ts';
import { distinct, listed, overlayFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { proved } from '../../match.ts';

/** Devices of each way of joining pods; any other family's device with routes is a left-over. */
const FAMILIES: Record<string, RegExp> = {
  flannel: /^(flannel[.-]|cni0$)/,
  calico: /^(vxlan\.calico|tunl0|cali)/,
  cilium: /^(cilium|lxc)/,
};

/** Routes of a node into another's pod range by a device of a plugin that is not the cluster's. */
function staleRoutes(view: View, from: string, to: string): { destination: string; device: string }[] {
  const kind = view.cluster.overlay?.value.kind;
  const family = Object.keys(FAMILIES).find((name) => kind?.startsWith(name));
  if (!family) return [];
  const foreign = Object.entries(FAMILIES).filter(([name]) => name !== family);
  const ranges = view.cluster.nodes.get(to)?.value.podCidrs ?? [];
  return (view.host(from).routes?.value ?? []).flatMap(({ device, destination }) =>
    device !== undefined &&
    foreign.some(([, pattern]) => pattern.test(device)) &&
    !destination.endsWith('/0') &&
    ranges.some((range) => overlap(range, destination))
      ? [{ destination, device }]
      : [],
  );
}

/** Routes lead to a device of a network plugin that is no longer in charge. */
export const staleOverlayDeviceRoute: CatalogueEntry = {
  code: 'stale-overlay-device-route',
  title: (locations) => `routes lead to a device of a former network plugin: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    [...view.pairs.values()].flatMap(({ from, to }): Match[] => {
      const failed = overlayFailures(view, from, to);
      const stale = staleRoutes(view, from, to);
      if (stale.length === 0 || failed.length === 0) return [];
      return [
        proved({
          at: { from, to },
          evidence: [
            say(
              `${from} sends ` +
                `${stale.map(({ destination, device }) => `${destination} by ${device}`).join(', ')}, and the ` +
                `cluster runs ${view.cluster.overlay?.value.kind}`,
              view.host(from).routes?.id,
              view.cluster.overlay?.id,
            ),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis: failed,
        }),
      ];
    }),
  remedy: (view, locations) => {
    const devices = locations.flatMap(({ from = '', to = '' }) =>
      staleRoutes(view, from, to).map(({ device }) => device),
    );
    return [
      {
        text:
          `On ${listed(distinct(locations.flatMap(({ from }) => from ?? [])))}: ` +
          `${distinct(devices)
            .map((device) => `ip link delete ${device}`)
            .join('; ')}; then restart the agent; or ` +
          'reboot.',
      },
    ];
  },
  shows: 'no route by the left-over device',
  verify: ({ from }) => `ssh ${from} ip route`,
  parts: ({ from }) => `ssh ${from} 'ip -br link; ip route'`,
};
