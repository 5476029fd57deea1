import type { CatalogueEntry, Match } from '../../entry.ts';
import type { Location } from '../../../model/finding.ts';
import { FLANNELS_BRIDGE, podsBridge } from '../../evidence/pods-bridge.ts';
import type { View } from '../../view/view.ts';
import { localPodFailures, networkFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { duplicatePodCidr } from '../objects/duplicate-pod-cidr.ts';
import { proved } from '../../match.ts';

const look = ({ node = 'NODE' }: Location, view: View): string =>
  `ssh ${node} 'ip route; ip link show ${podsBridge(view) ?? FLANNELS_BRIDGE}'`;

/** A node lost the route or the bridge to its own pods. */
export const networkdFlushedRoutesOrRules: CatalogueEntry = {
  code: 'networkd-flushed-routes-or-rules',
  title: (locations) => `the node lost the way to its own pods: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints, duplicatePodCidr],
  match: (view) => {
    const name = podsBridge(view);
    if (name === undefined || !view.cluster.overlay?.value.kind.startsWith('flannel')) return [];
    return [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const host = view.host(value.name);
      const range = value.podCidrs.find((each) => each.includes('.'));
      const failed = [
        ...localPodFailures(view, value.name),
        ...networkFailures(overlayFailuresAt(view, value.name).failed),
      ];
      if (!range || failed.length === 0) return [];
      const bridge = host.link(name);
      const down = bridge?.flags && !bridge.flags.includes('up');
      const hasPods = view.probes.some(
        ({ source, destination }) =>
          (source.network === 'pod' && source.node === value.name) ||
          (destination.network === 'pod' && destination.node === value.name),
      );
      const gone = hasPods && host.links !== undefined && !bridge;
      const missing =
        host.routes !== undefined &&
        !host.routes.value.some(
          ({ destination, device }) => destination === range && device !== view.overlay.on(value.name).device,
        );
      if (!down && !gone && !missing) return [];
      const text = down
        ? `the bridge ${name} on ${value.name} is down`
        : gone
          ? `${value.name} has no bridge ${name}`
          : `${value.name} has no route to ${range}, its own pods`;
      return [
        proved({
          at: { node: value.name },
          evidence: [say(text, down || gone ? host.links?.id : host.routes?.id, id)],
          impact: [
            { kind: 'pods', node: value.name },
            { kind: 'overlay-node', node: value.name },
          ],
          basis: failed,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Restart K3s on the node and recreate its pods; keep systemd-networkd off foreign routes ' +
        '(ManageForeignRoutes=no, ManageForeignRoutingPolicyRules=no).',
    },
  ],
  shows: "a route to the pod range of every other node, and the pods' bridge up",
  verify: look,
  parts: look,
};
