import type { CatalogueEntry, Match } from '../../entry.ts';
import { enforcesPolicies } from '../../../model/overlay.ts';
import { deniedServices, withoutK3sPolicies } from '../../evidence/denied.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';

interface Left {
  node: string;
  chain: string;
  /** The observations in which it stands. */
  ids: string[];
}

/** A chain that the policy controller left on a node. */
function leftOn(view: View, node: string): Left | undefined {
  const { firewall, rulesets } = view.ssh(node);
  const chain = firewall?.chains.find((name) => /^KUBE-(?:POD-FW-\w+|ROUTER-(?:INPUT|FORWARD|OUTPUT))$/.test(name));
  return chain === undefined ? undefined : { node, chain, ids: rulesets };
}

/** The rules of one node that has them; their names are the same on all. */
function asked(view: View, command: string): string {
  const node = view.nodes.find((each) => leftOn(view, each));
  return node === undefined ? command : `ssh ${node} '${command}'`;
}

/** K3s's policy controller is off and its rules are still there, as they last were. */
export const kubeRouterPolicyLeftOver: CatalogueEntry = {
  code: 'kube-router-policy-left-over',
  title: (locations) => `rules of a policy controller that no longer runs are left: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) => {
    const off = withoutK3sPolicies(view);
    if (!off) return [];
    return deniedServices(view).flatMap(({ name, nodes, basis, impact, text, policies }): Match[] => {
      const found = nodes.map((node) => leftOn(view, node)).find((each) => each !== undefined);
      // Its rules were looked for where they would stand, or somebody else keeps the policies that are there.
      const isRead = nodes.every((node) => view.ssh(node).firewall !== undefined);
      const isByPolicy = policies.length > 0 && enforcesPolicies(view.cluster.overlay?.value);
      if (found === undefined && (isRead || isByPolicy)) return [];
      return [
        provedIf(isByPolicy ? undefined : found, {
          at: { service: name },
          evidence: [
            say(text, ...basis.slice(0, 20)),
            say(`K3s runs with --disable-network-policy (${off.value.name})`, off.id),
            found && say(`${found.node} still has the chain ${found.chain}`, ...found.ids),
          ],
          impact,
          basis,
          nodes,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Run k3s-killall.sh before K3s is started again, or delete the KUBE-ROUTER and KUBE-POD-FW chains; or ' +
        'reboot.',
    },
  ],
  shows: '0, on every node',
  verify: (_, view) => asked(view, 'iptables-save | grep -c KUBE-POD-FW'),
  parts: (_, view) => asked(view, 'iptables-save | grep KUBE-POD-FW'),
};
