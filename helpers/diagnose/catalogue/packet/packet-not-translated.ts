import type { CatalogueEntry } from '../../entry.ts';
import { nodesIn, ownersAt, stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { placeOf } from '../../evidence/support.ts';
import { adviceFor } from '../../walk/advice.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const SPECIAL = [nodeNotReadyEndpoints];
const EFFECTS = new Set(['untranslated']);

/** A rule of a node lets what failed pass before it is translated, or takes the mark away by which it would be. */
export const packetNotTranslated: CatalogueEntry = {
  code: 'packet-not-translated',
  title: (locations) => `a rule keeps packets from being translated on the node: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: SPECIAL,
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, EFFECTS, SPECIAL),
  remedy: (view, locations) => adviceFor(ownersAt(view, EFFECTS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c'`,
  parts: ({ node = 'NODE' }) =>
    `ssh ${node} 'nft list ruleset; iptables-save -c' # a counter that rises with each try, before kube-proxy's rules`,
};
