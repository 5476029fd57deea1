import type { CatalogueEntry, Request } from '../../entry.ts';
import { nodesIn, ownersAt, stoppedBy, WALKED_SETS } from '../../evidence/stopped.ts';
import { distinct, placeOf } from '../../evidence/support.ts';
import { adviceFor } from '../../walk/advice.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import type { View } from '../../view/view.ts';

const EFFECTS = new Set(['rewritten']);
/** So many refusals touch a node before its rules are read for them, and so many nodes are read. */
const LEAST_REFUSED = 2;
const MOST_NODES = 3;

/** Nodes that refusals have in common: a rule of theirs may lead packets to where nobody listens. */
function commonNodes({ failing }: View): string[] {
  const ends = failing
    .filter(({ errorKind, succeeded }) => errorKind === 'refused' && succeeded === 0)
    .flatMap(({ source, destination }) =>
      distinct([source.node, destination.node].filter((name) => name !== undefined)),
    );
  return [...Map.groupBy(ends, (node) => node)]
    .map(([node, { length }]) => ({ node, length }))
    .filter(({ length }) => length >= LEAST_REFUSED)
    .toSorted((a, b) => b.length - a.length || a.node.localeCompare(b.node))
    .slice(0, MOST_NODES)
    .map(({ node }) => node);
}

/** A rule of a node gives what failed another destination, and nothing that passes. */
export const packetRewritten: CatalogueEntry = {
  code: 'packet-rewritten',
  title: (locations) => `a rule on the node leads packets elsewhere: ${placeOf(locations)}`,
  layer: 'packet',
  dependsOn: [nodeNotReadyEndpoints],
  sets: WALKED_SETS,
  match: (view) => stoppedBy(view, EFFECTS, [nodeNotReadyEndpoints]),
  asks: (view) =>
    commonNodes(view).map((node): Request => ({
      kind: 'ssh-facts',
      node,
      sets: WALKED_SETS,
      why: 'to see whether its rules lead elsewhere what is refused',
    })),
  remedy: (view, locations) => adviceFor(ownersAt(view, EFFECTS, nodesIn(locations))),
  shows: 'no such line as in the evidence',
  verify: ({ node = 'NODE' }) => `ssh ${node} 'nft list ruleset; iptables-save -c -t nat'`,
  parts: ({ node = 'NODE' }) =>
    `ssh ${node} 'nft list ruleset; iptables-save -c -t nat' # a counter that rises with each try`,
};
