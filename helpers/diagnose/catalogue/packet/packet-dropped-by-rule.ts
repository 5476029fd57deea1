import type { CatalogueEntry, Match } from '../../entry.ts';
import { droppedByQueues } from '../../evidence/queues.ts';
import { pooledLoss } from '../../evidence/pooled-match.ts';
import { nodesIn, ownersAt, packetsText, stoppedInFamilies, WALKED_SETS } from '../../evidence/stopped.ts';
import { suspectPairs } from '../../evidence/suspects.ts';
import { count, ids, placeOf, say } from '../../evidence/support.ts';
import { candidate } from '../../match.ts';
import { adviceFor } from '../../walk/advice.ts';
import { dnsBlockedOnNode } from '../dns/dns-blocked-on-node.ts';
import { forwardPolicyDrop } from '../host/forward-policy-drop.ts';
import { hostFirewallDropsPodTraffic } from '../host/host-firewall-drops-pod-traffic.ts';
import { kubeRouterPolicyLeftOver } from '../host/kube-router-policy-left-over.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { nodeportBlockedOutside } from '../node-port/nodeport-blocked-outside.ts';
import { hostFirewallDropsVxlan } from '../overlay/host-firewall-drops-vxlan.ts';
import { networkPolicyDenies } from '../pod/network-policy-denies.ts';

const SPECIAL = [
  nodeNotReadyEndpoints,
  hostFirewallDropsVxlan,
  forwardPolicyDrop,
  hostFirewallDropsPodTraffic,
  kubeRouterPolicyLeftOver,
  networkPolicyDenies,
  dnsBlockedOnNode,
  nodeportBlockedOutside,
];
const STOPS = new Set(['dropped']);

/** A rule, or a chain's policy, of a node drops what failed, and nothing that passes. */
export const packetDroppedByRule: CatalogueEntry = {
  code: 'packet-dropped-by-rule',
  title: (locations, view) =>
    `a rule on the node drops ${packetsText(view, STOPS, nodesIn(locations))} that must pass: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: [...WALKED_SETS, 'tc-qdisc'],
  match: (view) => {
    const proved = stoppedInFamilies(view, STOPS, SPECIAL);
    const found = new Set(proved.flatMap(({ basis }) => basis));
    const likely = suspectPairs(view)
      .filter(({ failed }) => !failed.every(({ id }) => found.has(id)))
      .map(({ from, to, failed, passed }): Match =>
        candidate({
          at: { from, to },
          evidence: [
            say(`${count(failed.length, 'probe')} between ${from} and ${to} get no answer`, ...ids(failed)),
            say(`the small probes of every pair of pods pass between them (${passed})`),
          ],
          impact: [{ kind: 'probes', ids: ids(failed) }],
          basis: failed,
        }),
      );
    return [...proved, ...likely, ...pooledLoss(view, 'rule'), ...droppedByQueues(view)];
  },
  remedy: (view, locations) => adviceFor(ownersAt(view, STOPS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c; tc -s qdisc'`,
  parts: ({ node, to }) =>
    `ssh ${node ?? to ?? 'NODE'} 'nft list ruleset; iptables-save -c; tc -s qdisc' # what rises with each try`,
};
