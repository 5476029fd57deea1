import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { inRange } from '../../evidence/ranges.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { twoCniConfigs } from '../objects/two-cni-configs.ts';
import { clientAddressOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';

/** Pod traffic leaves a node under the node's address, where another plugin, or none, should translate it. */
export const flannelMasqueradeLeftOver: CatalogueEntry = {
  code: 'flannel-masquerade-left-over',
  title: (locations) => `traffic between pods is given the node's address: ${placeOf(locations)}`,
  layer: 'host',
  dependsOn: [twoCniConfigs],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const seen = view.probes.filter(
        (probe) =>
          probe.pathClass === 'pod-pod' &&
          probe.source.node === node &&
          probe.destination.node !== node &&
          probe.source.ip &&
          clientAddressOf(probe) !== undefined,
      );
      const flannel = view.cluster.overlay?.value.kind.startsWith('flannel') ?? true;
      const ranges = view.cluster.nodes.get(node)?.value.podCidrs;
      // Flannel rightly translates what has no address of the node's range: another plugin's pod.
      const own = ({ source: { ip = '' } }: ProbeObservation) =>
        !flannel || ranges === undefined || ranges.some((range) => inRange(ip, range));
      const masked = seen.filter((probe) => clientAddressOf(probe) !== probe.source.ip && own(probe));
      const ssh = view.ssh(node);
      const chains = ssh.firewall?.chains.find((name) => /^FLANNEL-(POSTRTG|FWD)$/.test(name));
      const leftOver = chains !== undefined && !flannel;
      if (masked.length === 0 && !leftOver) return [];
      const first = masked[0];
      return [
        provedIf(masked.length > 0 && (leftOver || (chains !== undefined && ranges !== undefined)), {
          at: { node },
          evidence: [
            first &&
              say(
                `pods on other nodes saw ${first.source.ip} of ${node} as ` +
                  `${clientAddressOf(first)} in ${masked.length} of ${seen.length} probes`,
                ...masked.slice(0, 10).map(({ id }) => id),
              ),
            chains &&
              say(
                `${node} has the chain ` +
                  `${chains}${flannel ? '' : `, and the cluster runs ${view.cluster.overlay?.value.kind}`}`,
                ...ssh.rulesets,
              ),
          ],
          impact: [],
          basis: masked.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Flush and delete FLANNEL-POSTRTG and FLANNEL-FWD on every node (in iptables-legacy and in nft), or reboot ' +
        'the nodes after the change of plugin.',
    },
  ],
  shows: '0',
  verify: ({ node }) => `ssh ${node} 'iptables-save -t nat | grep -c FLANNEL'`,
  parts: ({ node }) => `ssh ${node} iptables-save -t nat`,
};
