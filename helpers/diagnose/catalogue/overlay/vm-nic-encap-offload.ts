import type { Rule } from '../../../model/firewall.ts';
import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { dropTakes } from '../../firewall/drops.ts';
import { verdictOf } from '../../view/pairs.ts';
import { isAnyTurned } from '../../evidence/walked.ts';
import { ids, networkFailures, overlayProbes, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** A rule by which kube-router keeps traffic from a pod, for a network policy. */
const isPolicyDrop = ({ chain, verdict }: Rule): boolean =>
  chain.startsWith('KUBE-POD-FW-') && (verdict?.kind === 'drop' || verdict?.kind === 'reject');

/** Between pods of two nodes UDP passes and TCP does not, though the tunnel itself is open. */
export const vmNicEncapOffload: CatalogueEntry = {
  code: 'vm-nic-encap-offload',
  title: (locations) => `encapsulated TCP is lost while UDP passes: ${placeOf(locations)}`,
  layer: 'overlay',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const matches = [...view.pairs.values()].flatMap((pair): Match[] => {
      const mesh = overlayProbes(view, pair.from, pair.to, true);
      const tcp = mesh.filter(({ role, source }) => role === 'tcp-small' && source.node === pair.from);
      // Also large datagrams, and the other way: a path that takes small packets only, if only for the answers, loses
      // TCP too.
      const udp = mesh.filter(({ role }) => role === 'udp-small' || role === 'udp-full');
      const hosts = verdictOf(pair.of('tcp-small', 'host-host').concat(pair.of('control-tcp')));
      if (
        verdictOf(udp) !== 'pass' ||
        tcp.length === 0 ||
        networkFailures(tcp).length < tcp.filter(isJudged).length ||
        networkFailures(tcp).length === 0 ||
        hosts === 'fail'
      )
        return [];
      // Between the same ends in the same direction: another end of the same nodes may have a fault of its own.
      const alike = networkFailures(tcp).every((lost) =>
        udp.some(({ pathClass, source }) => pathClass === lost.pathClass && source.node === pair.from),
      );
      const { from, to } = pair;
      // Full-size datagrams in both directions: small ones also pass where large packets, and so TCP, are lost.
      const isWhole = [from, to].every((node) =>
        udp.some(({ role, verdict, source }) => role === 'udp-full' && verdict === 'pass' && source.node === node),
      );
      const rules = [from, to].map((node) => view.ssh(node));
      const asked = tcp.flatMap(({ destination }) => destination.port ?? []);
      const clean = rules.every(
        ({ firewall }) =>
          firewall !== undefined &&
          !firewall.rules.some(isPolicyDrop) &&
          !firewall.drops.some((drop) => asked.some((port) => dropTakes(drop, { protocol: 'tcp', port }) !== 'none')),
      );
      // Each shows what the other cannot: rules without tracking stand in the one, netdev's in the other.
      const isRead = [from, to].every(
        (node) =>
          view.facts.one('ssh/iptables-save', node) !== undefined &&
          view.facts.one('ssh/nft-ruleset', node) !== undefined,
      );
      return [
        provedIf(clean && isRead && alike && isWhole && !isAnyTurned(view, networkFailures(tcp)), {
          at: { from, to },
          evidence: [
            say(`UDP passes between the pods of ${from} and ${to}, TCP does not`, ...ids(udp), ...ids(tcp)),
            clean && say(`no rule on ${from} or ${to} drops it`, ...rules.flatMap(({ rulesets }) => rulesets)),
          ],
          impact: [{ kind: 'overlay', from, to }],
          basis: networkFailures(tcp),
        }),
      ];
    });
    // A card meddles with SYN and SYN-ACK alike, so both directions lose; time-outs of one may be chance.
    const isBothWays = ({ location }: Match): boolean =>
      matches.some(({ location: other }) => other.from === location.to && other.to === location.from);
    return matches.map((match) => (isBothWays(match) ? match : { ...match, confidence: 'candidate' as const }));
  },
  remedy: () => [
    {
      text:
        'On the nodes: ethtool -K <uplink> tx-udp_tnl-csum-segmentation off tx-checksum-ip-generic off, or another ' +
        'VXLAN port where the virtual card meddles with the usual one.',
    },
  ],
  shows: 'a figure that does not rise during a run',
  verify: ({ to }) => `ssh ${to} nstat -az TcpInCsumErrors`,
  parts: ({ to }, { overlay }) =>
    `ssh ${to} tcpdump -vvnni any ${overlay.filter(to)} # "incorrect" checksums of the inner TCP, or no inner TCP at ` +
    'all',
};
