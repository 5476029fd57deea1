import type { CatalogueEntry } from '../../entry.ts';
import { nodesIn, ownersAt, stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { adviceFor } from '../../walk/advice.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const EFFECTS = new Set(['rewritten']);
/** A rule of a node gives what failed another destination or source, and nothing that passes. */
export const packetRewritten: CatalogueEntry = {
  code: 'packet-rewritten',
  title: (locations) => `a rule on the node leads packets elsewhere: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: [nodeNotReadyEndpoints],
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, EFFECTS, [nodeNotReadyEndpoints]),
  remedy: (view, locations) => adviceFor(ownersAt(view, EFFECTS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c -t nat'`,
  parts: ({ node = 'NODE' }) =>
    `ssh ${node} 'nft list ruleset; iptables-save -c -t nat' # a counter that rises with each try`,
};
