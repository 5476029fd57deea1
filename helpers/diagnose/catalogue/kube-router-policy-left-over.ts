import type { CatalogueEntry, Match } from '../entry.ts';
import { placeOf, say } from './support.ts';

/** K3s's policy controller is off and its rules are still there, as they last were. */
export const kubeRouterPolicyLeftOver: CatalogueEntry = {
  code: 'kube-router-policy-left-over',
  title: (locations) => `rules of a policy controller that no longer runs are left: ${placeOf(locations)}`,
  layer: 'host',
  severity: 'major',
  dependsOn: [],
  needs: ["the node's arguments", "its rules, by SSH"],
  match: (view) =>
    [...view.cluster.nodes.values()].flatMap(({ value, id }): Match[] => {
      const { iptables, nftText, rulesets } = view.ssh(value.name);
      const text = `${iptables?.value ?? ''}\n${nftText?.value ?? ''}`;
      const chain = /KUBE-(?:ROUTER-(?:INPUT|FORWARD|OUTPUT)|POD-FW-\w+)/.exec(text)?.[0];
      const off = /disable-network-policy/.test(Object.entries(value.annotations).filter(([key]) => key.startsWith('k3s.io/')).map(([, each]) => each).join(' '));
      return chain && off ? [{ confidence: 'proved', location: { node: value.name }, evidence: [say(`${value.name} has the chain ${chain} though K3s runs with --disable-network-policy`, id, ...rulesets)], impact: [{ kind: 'pods', node: value.name }], basis: [] }] : [];
    }),
  remedy: { k3s: 'Run k3s-killall.sh before K3s is started again, or delete the KUBE-ROUTER and KUBE-POD-FW chains; or reboot.' },
  verify: ({ node }) => `ssh ${node} 'iptables-save | grep -c KUBE-ROUTER'`,
  parts: ({ node }) => `ssh ${node} 'iptables-save | grep KUBE-ROUTER'`,
};
