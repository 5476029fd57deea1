import { CALICO, CALICO_TUNNEL_ADDRESS } from '../../../model/overlay/calico.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, listed, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const keyOf = (view: View): string | undefined => {
  const kind = view.cluster.overlay?.value.kind;
  return kind === 'calico-ipip' || kind === 'calico-vxlan' ? `${CALICO}${CALICO_TUNNEL_ADDRESS[kind]}` : undefined;
};

/** Two nodes have one address for their tunnel devices, by which the others find one of the two at most. */
export const calicoTunnelAddressDuplicate: CatalogueEntry = {
  code: 'calico-tunnel-address-duplicate',
  title: (locations) => `Calico has the same tunnel address for more than one node: ${placeOf(locations)}`,
  layer: 'overlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const key = keyOf(view);
    if (key === undefined) return [];
    const announced = [...view.cluster.nodes.values()].flatMap(({ value, id }) => {
      const address = value.annotations[key]?.split('/')[0];
      return address ? [{ node: value.name, address, id }] : [];
    });
    return [...Map.groupBy(announced, ({ address }) => address)].flatMap(([address, own]): Match[] => {
      const failed = own.map(({ node }) => overlayFailuresAt(view, node).failed);
      // What an old annotation says of a node that has its device by other means hurts nobody.
      if (own.length < 2 || failed.every((each) => each.length === 0)) return [];
      const devices = own.flatMap(({ node }) => {
        const { links, link } = view.host(node);
        const has = link(view.overlay.on(node).device)?.addresses.some((each) => each.split('/')[0] === address);
        return links && has ? [{ node, id: links.id }] : [];
      });
      return own.map(({ node }, index): Match =>
        proved({
          at: { node },
          evidence: [
            say(`${key} is ${address} on ${listed(own.map((each) => each.node))}`, ...ids(own)),
            devices.length > 0 &&
              say(
                `${view.overlay.device(node)} of ${listed(devices.map((each) => each.node))} has it`,
                ...ids(devices),
              ),
          ],
          impact: [{ kind: 'overlay-node', node }],
          basis: ids(failed[index] ?? []),
        }),
      );
    });
  },
  remedy: (view, locations) => {
    const key = keyOf(view) ?? `${CALICO}${CALICO_TUNNEL_ADDRESS['calico-ipip']}`;
    const nodes = locations.flatMap(({ node }) => node ?? []);
    return [
      {
        text:
          `Take the address from ${nodes.length > 1 ? 'all but the one in whose block it is' : 'the node'}, and ` +
          `let Calico give another: kubectl annotate node NODE ${key}-; then delete the calico-node pod there, ` +
          'whose allocator sets it anew. Whose it is: calicoctl ipam show --ip=ADDRESS.',
      },
      {
        text: 'Machines that were cloned have one /var/lib/calico/nodename: each must have the name of its own node.',
      },
    ];
  },
  shows: 'no address twice',
  verify: () => 'kubectl get nodes -o yaml | grep TunnelAddr',
  parts: ({ node }, { overlay }) => `ssh ${node} ip -4 addr show ${overlay.device(node)}`,
};
