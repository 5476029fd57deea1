import type { CatalogueEntry, Match } from '../../entry.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** A bridge does not send a frame back by the port it came from: a pod cannot reach itself by its own Service. */
export const hairpinOff: CatalogueEntry = {
  code: 'hairpin-off',
  title: (locations) => `pods cannot reach themselves by their own Service: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { links, link } = view.host(node);
      const bridge = link('cni0');
      const ports = (links?.value ?? []).filter(({ master, name }) => master === 'cni0' && name.startsWith('veth'));
      const off = ports.filter(({ hairpin }) => hairpin === false);
      // A bridge in promiscuous mode sends the frame up to the host, which sends it back: that is another way to the
      // same end.
      if (!bridge || off.length === 0 || bridge.flags === undefined || bridge.flags.includes('promisc')) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(
              `${off.length} of ${ports.length} ports of cni0 on ${node} have hairpin mode off, and the bridge ` +
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
  verify: ({ node }) => `ssh ${node} 'cat /sys/devices/virtual/net/cni0/brif/*/hairpin_mode'`,
  parts: ({ node }) => `ssh ${node} 'cat /sys/devices/virtual/net/cni0/brif/*/hairpin_mode'`,
};
