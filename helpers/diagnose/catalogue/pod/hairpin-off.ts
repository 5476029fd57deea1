import type { Location } from '../../../model/finding.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { FLANNELS_BRIDGE, podsBridge } from '../../evidence/pods-bridge.ts';
import type { View } from '../../view/view.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

const look = ({ node = 'NODE' }: Location, view: View): string =>
  `ssh ${node} 'cat /sys/devices/virtual/net/${podsBridge(view) ?? FLANNELS_BRIDGE}/brif/*/hairpin_mode'`;

/** A bridge does not send a frame back by the port it came from: a pod cannot reach itself by its own Service. */
export const hairpinOff: CatalogueEntry = {
  code: 'hairpin-off',
  title: (locations) => `pods cannot reach themselves by their own Service: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { links, link } = view.host(node);
      const own = podsBridge(view);
      const bridge = link(own);
      const ports = (links?.value ?? []).filter(({ master, name }) => master === own && name.startsWith('veth'));
      const off = ports.filter(({ hairpin }) => hairpin === false);
      // A bridge in promiscuous mode sends the frame up to the host, which sends it back: that is another way to the
      // same end.
      if (!bridge || off.length === 0 || bridge.flags === undefined || bridge.flags.includes('promisc')) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${off.length} of ${ports.length} ports of ${own} on ${node} have hairpin mode off, and the bridge ` +
                'is not promiscuous',
              links?.id,
            ),
          ],
          impact: [],
          basis: [],
        }),
      ];
    }),
  remedy: () => [{ text: '"hairpinMode": true in the CNI configuration of the bridge, then recreate the pods.' }],
  shows: '1 for each pod',
  verify: look,
  parts: look,
};
