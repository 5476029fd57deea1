import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { replicasOf } from '../../evidence/replicas.ts';
import { ids, networkFailures, placeOf, say, verifyRun } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { hostFirewallDropsPodTraffic } from '../host/host-firewall-drops-pod-traffic.ts';
import { ipForwardOff } from '../host/ip-forward-off.ts';
import { forwardPolicyDrop } from '../host/forward-policy-drop.ts';
import { provedIf } from '../../match.ts';

/** The pods of one node get no answer to names, from no replica and not by the Service, while all else passes. */
export const dnsBlockedOnNode: CatalogueEntry = {
  code: 'dns-blocked-on-node',
  title: (locations) => `name queries of the node's pods are dropped: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints, hostFirewallDropsPodTraffic, ipForwardOff, forwardPolicyDrop],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const replicas = replicasOf(view);
    return view.nodes.flatMap((node): Match[] => {
      const own = replicas.map(({ pod, names }) => ({
        pod,
        mine: names.filter(
          ({ source, verdict }) => source.node === node && source.network === 'pod' && isJudged({ verdict }),
        ),
        others: names.some(({ source, verdict }) => source.node !== node && verdict === 'pass'),
      }));
      const mine = own.flatMap((each) => each.mine);
      const failed = networkFailures(mine).filter(({ succeeded }) => succeeded === 0);
      const ways = own.every(({ pod }) =>
        view.probes.some(
          ({ role, pathClass, source, destination, verdict }) =>
            verdict === 'pass' &&
            source.node === node &&
            source.network === 'pod' &&
            destination.node === pod.value.node &&
            ((role === 'tcp-small' && pathClass === 'pod-pod') || role === 'endpoint' || role === 'same-node-pod'),
        ),
      );
      if (mine.length < 2 || failed.length < mine.length || !own.every(({ others }) => others) || !ways) return [];
      // A question or two to each may be lost by chance.
      const often = own.every((each) => each.mine.length > 2);
      return [
        // Of one replica it cannot be told whether its port or the pod as a whole is out of reach.
        provedIf(often && own.length > 1 && !view.losesAPart, {
          at: { node },
          evidence: [
            say(
              `pods of ${node} get no answer from any of ${own.length} CoreDNS replicas (${failed.length} ` +
                'questions), which answer other nodes',
              ...ids(failed).slice(0, 12),
            ),
            say(`other connections from there to pods on the replicas' nodes pass`),
          ],
          impact: [
            {
              kind: 'probes',
              ids: ids(view.failing.filter(({ suite, source }) => suite === 'coredns' && source.node === node)),
            },
          ],
          basis: failed,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Find the rule that drops port 53 of the node’s pods (nft list ruleset), or the node-local DNS cache that ' +
        'takes the queries and does not answer.',
    },
  ],
  verify: ({ node }) => verifyRun('coredns', `every question from ${node} is answered`),
  parts: ({ node }) => `ssh ${node} nft list ruleset`,
};
