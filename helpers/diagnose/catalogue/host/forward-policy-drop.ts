import type { CatalogueEntry, Match } from '../../entry.ts';
import { forwardDrops, forwardingFailures, forwardMatch, silentForwarders } from '../../evidence/forwarding.ts';
import { dropWords } from '../../firewall/drops.ts';
import { placeOf } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

/** A node's FORWARD chain drops whatever no rule accepts. */
export const forwardPolicyDrop: CatalogueEntry = {
  code: 'forward-policy-drop',
  title: (locations) => `the node's forward policy drops pod traffic: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => {
    const silent = silentForwarders(view);
    const open = silent
      .filter(({ node }) => forwardDrops(view, node) === undefined)
      .map((each): Match => forwardMatch(view, each.node, 'candidate', each.text, each.basis, []));
    const proved = silent.flatMap(({ node, text, basis }): Match[] => {
      const policy = forwardDrops(view, node)?.find((drop) => drop.policy && drop.hook === 'forward');
      return policy
        ? [
            forwardMatch(
              view,
              node,
              'proved',
              `${node} has ${dropWords(policy)}; ${text}`,
              [...new Set([...basis, ...forwardingFailures(view, node)])],
              view.ssh(node).rulesets,
            ),
          ]
        : [];
    });
    return [...proved, ...open];
  },
  remedy: () => [
    {
      text:
        'iptables -P FORWARD ACCEPT, or let the tool that set it (Docker, a hardening script) accept the pod range; ' +
        'with Docker on the node use the chain DOCKER-USER.',
    },
  ],
  shows: '-P FORWARD ACCEPT',
  verify: ({ node }) => `ssh ${node} iptables -S FORWARD`,
  parts: ({ node }) => `ssh ${node} 'nft list ruleset; iptables-save -c'`,
};
