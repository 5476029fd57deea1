import type { CatalogueEntry } from '../../entry.ts';
import { stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { policyRoutingTableHijack } from '../host/policy-routing-table-hijack.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { podRangeOverlapsHostNetwork } from '../objects/pod-range-overlaps-host-network.ts';
import { flannelLeaseWrongOrMissing } from '../overlay/flannel-lease-wrong-or-missing.ts';
import { staleOverlayDeviceRoute } from '../overlay/stale-overlay-device-route.ts';
import { calicoFelixStopped } from '../host/calico-felix-stopped.ts';

const SPECIAL = [
  // The default route takes what it has not written a route for.
  calicoFelixStopped,
  nodeNotReadyEndpoints,
  podRangeOverlapsHostNetwork,
  flannelLeaseWrongOrMissing,
  staleOverlayDeviceRoute,
  policyRoutingTableHijack,
];
const EFFECTS = new Set(['astray']);

/** A route of a node leads what failed to a device or a gateway that is not on its way, and nothing that passes. */
export const packetRoutedAway: CatalogueEntry = {
  code: 'packet-routed-away',
  title: (locations) => `a route of the node leads packets astray: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, EFFECTS, SPECIAL),
  remedy: () => [
    {
      text:
        'Take the route away (ip route del) and mend whoever set it: a VPN that announces the pods’ or nodes’ ' +
        'range, a script, the network manager. A VPN must not accept routes into these ranges.',
    },
  ],
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'ip rule; ip route show table all'`,
  parts: ({ node = 'NODE' }) => `ssh ${node} 'ip rule; ip route show table all'`,
};
