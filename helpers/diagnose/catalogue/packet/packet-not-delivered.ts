import type { CatalogueEntry } from '../../entry.ts';
import { stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { forwardPolicyDrop } from '../host/forward-policy-drop.ts';
import { ipForwardOff } from '../host/ip-forward-off.ts';
import { rpFilterDrops } from '../host/rp-filter-drops.ts';
import { nodePathDown } from '../underlay/node-path-down.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { flannelLeaseWrongOrMissing } from '../overlay/flannel-lease-wrong-or-missing.ts';
import { vtepMacMismatch } from '../overlay/vtep-mac-mismatch.ts';

const SPECIAL = [
  nodeNotReadyEndpoints,
  nodePathDown,
  flannelLeaseWrongOrMissing,
  vtepMacMismatch,
  ipForwardOff,
  rpFilterDrops,
  forwardPolicyDrop,
];
const STOPS = new Set(['no-neighbour', 'device-down', 'expired', 'martian', 'reverse-path', 'not-forwarded']);

/** A setting or an entry of a node, and no rule or route, keeps it from handing on what failed. */
export const packetNotDelivered: CatalogueEntry = {
  code: 'packet-not-delivered',
  title: (locations) => `the node cannot hand on packets that must pass: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, STOPS, SPECIAL),
  remedy: () => [
    {
      text:
        'Undo the line of the evidence: delete the neighbour or the forwarding entry that was set by hand (ip neigh ' +
        'del, bridge fdb del), set the device up, or put the setting back (sysctl), also in /etc/sysctl.d.',
    },
  ],
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'ip neigh; bridge fdb; ip link; sysctl net.ipv4.conf'`,
  parts: ({ node = 'NODE' }) => `ssh ${node} 'ip neigh; bridge fdb; ip link; sysctl net.ipv4.conf'`,
};
