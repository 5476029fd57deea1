import type { CatalogueEntry, Match } from '../entry.ts';
import { forwardDrops, forwardingFailures, forwardMatch, silentForwarders } from './forwarding.ts';
import { placeOf } from './support.ts';

/** A firewall's rule on a node drops what it should pass on for pods. */
export const hostFirewallDropsPodTraffic: CatalogueEntry = {
  code: 'host-firewall-drops-pod-traffic',
  title: (locations) => `a firewall on the node drops pod traffic: ${placeOf(locations)}`,
  layer: 'host',
  severity: 'critical',
  dependsOn: ['node-not-ready-endpoints', 'forward-policy-drop'],
  needs: ['a tunnel that works and pods behind it that are not reached', "the node's rules, by SSH"],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) =>
    silentForwarders(view).flatMap(({ node, text, basis }): Match[] => {
      const drops = forwardDrops(view, node);
      if (drops === undefined) return [forwardMatch(view, node, 'candidate', text, basis, [])];
      if (drops.some(({ policy, hook }) => policy && hook === 'forward')) return [];
      const rule = drops.find(({ policy, packets }) => !policy && (packets === undefined || packets > 0));
      if (!rule) return [];
      // A rule without a counter may never have matched: then it is only the likely one.
      return [forwardMatch(view, node, rule.packets === undefined ? 'candidate' : 'proved', `${node} has ${rule.chain}: ${rule.text}${rule.packets === undefined ? '' : ` (${rule.packets} packets)`}; ${text}`, [...new Set([...basis, ...forwardingFailures(view, node)])], view.ssh(node).rulesets)];
    }),
  remedy: { k3s: 'Turn ufw or firewalld off on cluster nodes, or let them pass the pod and Service ranges (ufw route allow; firewalld: the ranges in the zone trusted).' },
  verify: ({ node }) => `ssh ${node} nft list ruleset`,
  parts: ({ node }) => `ssh ${node} 'nft list ruleset; iptables-save -c'`,
};
