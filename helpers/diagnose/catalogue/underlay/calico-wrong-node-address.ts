import { holderOf } from '../../../model/devices.ts';
import { CALICO, CALICO_NODE_ADDRESS } from '../../../model/overlay/calico.ts';
import { ids, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { provedIf } from '../../match.ts';
import { heard } from '../../view/pairs.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const bare = (address: string): string => address.split('/')[0] ?? '';

/** Calico leads what is for a node to an address that its autodetection found, and that answers no other node. */
export const calicoWrongNodeAddress: CatalogueEntry = {
  code: 'calico-wrong-node-address',
  title: (locations) => `Calico has a wrong address of the node: ${placeOf(locations)}`,
  layer: 'underlay',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const { name, internalIp, ips = [], annotations } = value;
      const announced = bare(annotations[`${CALICO}${CALICO_NODE_ADDRESS}`] ?? '');
      const { failed } = overlayFailuresAt(view, name);
      const isOther = announced !== '' && ![internalIp, ...ips].includes(announced);
      const isCalico = view.cluster.overlay?.value.kind.startsWith('calico');
      if (!isCalico || !isOther || failed.length === 0) return [];
      const pairs = [...view.pairs.values()].filter(({ to }) => to === name);
      const at = (ip: string) =>
        pairs.flatMap(({ probes }) =>
          probes.filter(({ destination, suite }) => destination.ip === ip && suite === 'overlay'),
        );
      const [there, here] = [at(announced), at(internalIp)];
      // An address of another network of the node's is as good, where it answers.
      if (there.some(heard)) return [];
      const { links } = view.host(name);
      const owner = holderOf(links?.value, announced);
      const answers = here.filter(heard);
      const silent = there.filter(({ kind }) => kind !== 'burst');
      return [
        provedIf(silent.length > 0 && answers.length > 0, {
          at: { node: name },
          evidence: [
            say(
              `Calico has ${announced} for ${name}${owner ? `, which is on its ${owner.name}` : ''}; the nodes know ` +
                `it as ${internalIp}`,
              id,
              ...(owner ? [links?.id] : []),
            ),
            links && !owner && say(`no device of ${name} has ${announced}`, links.id),
            silent.length > 0 && say(`${announced} answers no other node`, ...ids(silent).slice(0, 10)),
            answers.length > 0 && say(`${internalIp} answers other nodes`, ...ids(answers).slice(0, 10)),
          ],
          impact: [
            { kind: 'overlay-node', node: name },
            { kind: 'probes', ids: ids(there.filter(({ verdict }) => verdict === 'fail')) },
          ],
          basis: ids(failed),
        }),
      ];
    }),
  remedy: (_view, [first]) => [
    {
      text:
        'Tell calico-node where to look for its address: IP_AUTODETECTION_METHOD=kubernetes-internal-ip, or ' +
        'interface= with the card that joins the nodes (with the operator: nodeAddressAutodetectionV4), and delete ' +
        `the calico-node pod of ${first?.node ?? 'the node'}, which starts anew.`,
    },
  ],
  shows: "the node's address in the network that joins the nodes",
  verify: ({ node }) =>
    `kubectl get node ${node} -o jsonpath='{.metadata.annotations.projectcalico\\.org/IPv4Address}'`,
  parts: ({ node }) =>
    `kubectl get node ${node} -o yaml | grep -e projectcalico.org/IPv4Address -e InternalIP -B1 # must be one address`,
};
