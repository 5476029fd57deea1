import type { CatalogueEntry } from '../../entry.ts';
import { nodesIn, packetsText, stoppedInFamilies, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { calicoFelixStopped } from '../host/calico-felix-stopped.ts';
import { flannelLeaseWrongOrMissing } from '../overlay/flannel-lease-wrong-or-missing.ts';
import { networkdFlushedRoutesOrRules } from '../host/networkd-flushed-routes-or-rules.ts';
import { noRouteToServices } from '../host/no-route-to-services.ts';
import { policyRoutingTableHijack } from '../host/policy-routing-table-hijack.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const SPECIAL = [
  nodeNotReadyEndpoints,
  calicoFelixStopped,
  flannelLeaseWrongOrMissing,
  networkdFlushedRoutesOrRules,
  noRouteToServices,
  policyRoutingTableHijack,
];
const STOPS = new Set(['no-route', 'blackhole', 'unreachable', 'prohibited']);
/** Of IPv6 also what the default route leads astray for want of a better: no cause of another name knows of it. */
const STOPS_OF_IPV6 = new Set([...STOPS, 'astray']);

/** A node has no route for what failed, or one that refuses it. */
export const noRouteForPacket: CatalogueEntry = {
  code: 'no-route-for-packet',
  title: (locations, view) => {
    const packets = packetsText(view, STOPS_OF_IPV6, nodesIn(locations));
    return `the node has no way for ${packets} that must pass: ${placeOf(locations)}`;
  },
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedInFamilies(view, STOPS, SPECIAL, STOPS_OF_IPV6),
  remedy: () => [
    {
      text:
        'Take the route or the routing rule away that refuses the packets, or set the one that is missing (ip route, ' +
        'ip rule), and mend whoever set it: a script, a VPN, the network manager.',
    },
  ],
  shows: 'a route for the packets of the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'ip rule; ip route show table all'`,
  parts: ({ node = 'NODE' }) => `ssh ${node} 'ip rule; ip route show table all'`,
};
