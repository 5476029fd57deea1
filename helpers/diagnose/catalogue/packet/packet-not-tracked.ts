import type { CatalogueEntry } from '../../entry.ts';
import { nodesIn, ownersAt, stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { adviceFor } from '../../walk/advice.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const SPECIAL = [nodeNotReadyEndpoints];
const EFFECTS = new Set(['untracked']);

/** A rule of a node keeps what failed from the connection that it belongs to. */
export const packetNotTracked: CatalogueEntry = {
  code: 'packet-not-tracked',
  title: (locations) => `a rule keeps packets from the node's connection tracking: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, EFFECTS, SPECIAL),
  remedy: (view, locations) => adviceFor(ownersAt(view, EFFECTS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c -t raw'`,
  parts: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c -t raw'`,
};
