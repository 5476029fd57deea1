import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { inRange } from '../../evidence/ranges.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { twoCniConfigs } from '../objects/two-cni-configs.ts';
import { clientAddressOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

/**
 * The node that gave a packet another address: the one that is asked where the address is its own, since it translates
 * what it hands to its pods as well. Else the one that asks, by that of its tunnel or of its card.
 */
function translatorOf(view: View, probe: ProbeObservation): string | undefined {
  const { source, destination } = probe;
  const seen = clientAddressOf(probe) ?? '';
  const { internalIp, ips = [] } = view.cluster.nodes.get(destination.node ?? '')?.value ?? {};
  const own = view.nodeState(destination.node ?? '')?.index.state.addresses?.map(({ address }) => address) ?? [];
  return [internalIp, ...ips, ...own].includes(seen) ? destination.node : source.node;
}

/** Whether flannel is in charge, as it is where nothing says otherwise. */
const hasFlannel = ({ cluster: { overlay } }: View): boolean => overlay?.value.kind.startsWith('flannel') ?? true;

/** Pod traffic leaves a node under the node's address, where another plugin, or none, should translate it. */
export const flannelMasqueradeLeftOver: CatalogueEntry = {
  code: 'flannel-masquerade-left-over',
  title: (locations) => `traffic between pods is given the node's address: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [twoCniConfigs],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const seen = view.probes.filter(
        (probe) =>
          probe.pathClass === 'pod-pod' &&
          probe.source.node !== probe.destination.node &&
          probe.source.ip &&
          clientAddressOf(probe) !== undefined &&
          translatorOf(view, probe) === node,
      );
      const flannel = hasFlannel(view);
      // Flannel rightly translates what has no address of the node's range: another plugin's pod.
      const rangesOf = ({ source }: ProbeObservation) => view.cluster.nodes.get(source.node ?? '')?.value.podCidrs;
      const own = (probe: ProbeObservation) =>
        !flannel || (rangesOf(probe)?.some((range) => inRange(probe.source.ip ?? '', range)) ?? true);
      const masked = seen.filter((probe) => clientAddressOf(probe) !== probe.source.ip && own(probe));
      const ssh = view.ssh(node);
      const chains = ssh.firewall?.chains.find((name) => /^FLANNEL-(POSTRTG|FWD)$/.test(name));
      const leftOver = chains !== undefined && !flannel;
      if (masked.length === 0 && !leftOver) return [];
      const first = masked[0];
      return [
        provedIf(masked.length > 0 && (leftOver || (chains !== undefined && masked.every(rangesOf))), {
          at: { node },
          evidence: [
            first &&
              say(
                `pods saw ${first.source.ip} of ${first.source.node} as ` +
                  `${clientAddressOf(first)} of ${node} in ${masked.length} of ${seen.length} probes`,
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
  remedy: (view) => [
    {
      text: hasFlannel(view)
        ? "Take the older rules out of POSTROUTING that are not flannel's of today: those that name its device or a " +
          'range of pods in the chain itself; or restart the node.'
        : "Take flannel's chains away, as root: iptables-save | grep -vE 'FLANNEL|flanneld' | iptables-restore; " +
          'the same with iptables-legacy-save and iptables-legacy-restore where they stand there; or restart the node.',
    },
  ],
  shows: (_, view) => (hasFlannel(view) ? 'no rule of POSTROUTING that names a device of flannel itself' : '0'),
  verify: ({ node }, view) =>
    hasFlannel(view)
      ? `ssh ${node} iptables -t nat -S POSTROUTING`
      : `ssh ${node} 'iptables-save -t nat | grep -c FLANNEL'`,
  parts: ({ node }) => `ssh ${node} iptables-save -t nat`,
};
