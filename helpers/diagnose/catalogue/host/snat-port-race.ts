import type { Rule } from '../../../model/firewall.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { partlyLost } from '../../evidence/egress.ts';
import { rulesOf } from '../../evidence/services.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/**
 * Fewer source ports than this for all connections of a node's pods to one address are soon used up: each stays taken
 * for two minutes.
 */
const FEW_PORTS = 1_000;

/** A narrow range of source ports to which a rule translates, first and last. */
const narrowRange = (rules: readonly Rule[]): [number, number] | undefined =>
  rules
    .flatMap(({ verdict }): [number, number][] => {
      const port =
        verdict?.kind === 'masquerade' ? verdict.port : verdict?.kind === 'snat' ? verdict.to.port : undefined;
      return typeof port === 'object' ? [[Number(port.from), Number(port.to)]] : [];
    })
    .find(([from, to]) => to - from + 1 < FEW_PORTS);

/** Pods of a node share too few source ports on their way out. */
export const snatPortRace: CatalogueEntry = {
  code: 'snat-port-race',
  title: (locations) => `pods run out of source ports on their way out of the node: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'nft-ruleset', 'conntrack-tcp'],
  match: (view) =>
    partlyLost(view).flatMap(({ node, failed, lost, of }): Match[] => {
      const rules = rulesOf(view, node);
      const range = rules && narrowRange(rules.firewall.rules);
      if (rules && !range) return [];
      return [
        provedIf(range, {
          at: { node },
          evidence: [
            say(
              `${lost} of ${of} connections of pods on ${node} to ${failed[0]?.destination.ip} failed, and none ` +
                `of the node's own`,
              ...ids(failed),
            ),
            range &&
              say(
                `${node} translates what its pods send to the ports ${range[0]} to ${range[1]}: ` +
                  `${range[1] - range[0] + 1} for all connections to one address`,
                ...rules.ids,
              ),
          ],
          impact: [{ kind: 'probes', ids: ids(failed) }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Take the port range out of the masquerade rule (MASQUERADE --random-fully, as flannel writes it), and ' +
        'spread busy clients over nodes or addresses.',
    },
  ],
  shows: 'at insert_failed figures that do not rise during a run',
  verify: ({ node }) => `ssh ${node} conntrack -S`,
  parts: ({ node }) =>
    `ssh ${node} 'conntrack -S; iptables-save -t nat | grep -e MASQ -e SNAT; nft list ruleset | grep -e ` +
    `masquerade -e snat'`,
};
