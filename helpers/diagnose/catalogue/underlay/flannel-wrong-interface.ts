import { holderOf } from '../../../model/devices.ts';
import { FLANNEL_PUBLIC_IP } from '../../../model/overlay/flannel.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { ids, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** flannel announces an address of a node on another network than the one that joins the nodes. */
export const flannelWrongInterface: CatalogueEntry = {
  code: 'flannel-wrong-interface',
  title: (locations) => `flannel uses the wrong interface: ${placeOf(locations)}`,
  layer: 'underlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-link', 'bridge-fdb'],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const announced = value.annotations[FLANNEL_PUBLIC_IP];
      const { failed } = overlayFailuresAt(view, value.name);
      if (!announced || !value.internalIp || announced === value.internalIp || failed.length === 0) return [];
      const host = view.host(value.name);
      const owner = holderOf(host.links?.value, announced);
      if (host.links && !owner) return [];
      const pairs = [...view.pairs.values()].filter(({ to }) => to === value.name);
      const open = pairs.flatMap((pair) => pair.internalBursts).find(({ outcome }) => outcome === 'open');
      // Where another port of the announced address answers, the network is the right one and the overlay's port is
      // closed there.
      const answers = pairs
        .flatMap((pair) => [...pair.of('control-udp'), ...pair.of('control-tcp')])
        .some(({ verdict }) => verdict === 'pass');
      if (answers) return [];
      return [
        provedIf(open && owner, {
          at: { node: value.name },
          evidence: [
            say(
              `flannel announces ${announced} for ${value.name}${owner ? ` (its ${owner.name})` : ''}, the nodes ` +
                `know it as ${value.internalIp}`,
              id,
              host.links?.id,
            ),
            open &&
              say(
                `VXLAN datagrams to ${value.internalIp} come out of its tunnel device; nothing that peers ` +
                  `send to ${announced} is answered`,
                open.id,
                ...ids(failed).slice(0, 10),
              ),
          ],
          impact: [
            { kind: 'overlay-node', node: value.name },
            {
              kind: 'probes',
              ids: pairs.flatMap(({ probes }) =>
                ids(probes.filter(({ destination, verdict }) => destination.ip === announced && verdict === 'fail')),
              ),
            },
          ],
          basis: failed,
        }),
      ];
    }),
  remedy: ({ overlay }, [at]) => [
    {
      text:
        'Start K3s with --flannel-iface and --node-ip for the network that joins the nodes, on every node, and check ' +
        `that ${overlay.device(at?.node)} was made anew.`,
    },
    {
      provider: 'hetzner',
      text: 'the private network’s card is enp7s0 or ens10; without the option flannel takes the public one.',
    },
  ],
  shows: "the node's address in the network that joins the nodes",
  verify: ({ node }) =>
    `kubectl get node ${node} -o jsonpath='{.metadata.annotations.flannel\\.alpha\\.coreos\\.com/public-ip}'`,
  parts: ({ node }, { overlay }) =>
    `ssh ${node} ip -d link show ${overlay.device(node)} # its dev and local against the node's InternalIP`,
};
