import type { CatalogueEntry, Match } from '../../entry.ts';
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

/** Routes lead to a device of a network plugin that is no longer in charge. */
export const staleOverlayDeviceRoute: CatalogueEntry = {
  code: 'stale-overlay-device-route',
  title: (locations) => `routes lead to a device of a former network plugin: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const kind = view.cluster.overlay?.value.kind;
    const family = Object.keys(FAMILIES).find((name) => kind?.startsWith(name));
    if (!family) return [];
    const foreign = Object.entries(FAMILIES).filter(([name]) => name !== family);
    return [...view.pairs.values()].flatMap(({ from, to }): Match[] => {
      const { routes } = view.host(from);
      const ranges = view.cluster.nodes.get(to)?.value.podCidrs ?? [];
      const failed = overlayFailures(view, from, to);
      const stale = (routes?.value ?? []).filter(
        ({ device, destination }) =>
          device !== undefined &&
          foreign.some(([, pattern]) => pattern.test(device)) &&
          !destination.endsWith('/0') &&
          ranges.some((range) => overlap(range, destination)),
      );
      if (stale.length === 0 || failed.length === 0) return [];
      return [
        proved({
          at: { from, to },
          evidence: [
            say(
              `${from} sends ` +
                `${stale.map(({ destination, device }) => `${destination} by ${device}`).join(', ')}, and the ` +
                `cluster runs ${kind}`,
              routes?.id,
              view.cluster.overlay?.id,
            ),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis: failed,
        }),
      ];
    });
  },
  remedy: (_, locations) => [
    {
      text:
        `On ${listed(distinct(locations.flatMap(({ from }) => from ?? [])))}: ip link delete of the left-over device ` +
        'that ' +
        'the routes name, then restart the agent; or reboot.',
    },
  ],
  shows: 'no route by the left-over device',
  verify: ({ from }) => `ssh ${from} ip route`,
  parts: ({ from }) => `ssh ${from} 'ip -br link; ip route'`,
};
