import type { CatalogueEntry } from '../../entry.ts';
import { nodesIn, ownersAt, packetsText, stoppedInFamilies, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
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
const STOPS = new Set(['refused']);

/** A rule of a node refuses what failed, and nothing that passes. */
export const packetRefusedByRule: CatalogueEntry = {
  code: 'packet-refused-by-rule',
  title: (locations, view) =>
    `a rule on the node refuses ${packetsText(view, STOPS, nodesIn(locations))} that must pass: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedInFamilies(view, STOPS, SPECIAL),
  remedy: (view, locations) => adviceFor(ownersAt(view, STOPS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c'`,
  parts: ({ node, to }) =>
    `ssh ${node ?? to ?? 'NODE'} 'nft list ruleset; iptables-save -c' # a counter that rises with each try`,
};
