import type { CatalogueEntry, Match } from '../../entry.ts';
import { deniedServices } from '../../evidence/denied.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';

/** K3s's policy controller is off and its rules are still there, as they last were. */
export const kubeRouterPolicyLeftOver: CatalogueEntry = {
  code: 'kube-router-policy-left-over',
  title: (locations) => `rules of a policy controller that no longer runs are left: ${placeOf(locations)}`,
  layer: 'host',
  dependsOn: [],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) => {
    const off = [...view.cluster.nodes.values()].find(({ value }) =>
      /disable-network-policy/.test(
        Object.entries(value.annotations)
          .filter(([key]) => key.startsWith('k3s.io/'))
          .map(([, each]) => each)
          .join(' '),
      ),
    );
    if (!off) return [];
    const chainOn = (node: string) => {
      const { firewall, rulesets } = view.ssh(node);
      const chain = firewall?.chains.find((name) => /^KUBE-(?:POD-FW-\w+|ROUTER-(?:INPUT|FORWARD|OUTPUT))$/.test(name));
      return chain === undefined ? undefined : { node, chain, ids: rulesets };
    };
    const denied = deniedServices(view).map(({ name, nodes, basis, impact, text }): Match => {
      const found = nodes.map(chainOn).find((each) => each !== undefined);
      return provedIf(found, {
        at: { service: name },
        evidence: [
          say(text, ...basis.slice(0, 20)),
          say(`K3s runs with --disable-network-policy (${off.value.name})`, off.id),
          found && say(`${found.node} still has the chain ${found.chain}`, ...found.ids),
        ],
        impact,
        basis,
        nodes,
      });
    });
    return denied;
  },
  remedy: () => [
    {
      text:
        'Run k3s-killall.sh before K3s is started again, or delete the KUBE-ROUTER and KUBE-POD-FW chains; or ' +
        'reboot.',
    },
  ],
  verify: () => 'iptables-save | grep -c KUBE-POD-FW # on every node: 0',
  parts: () => 'iptables-save | grep KUBE-POD-FW # on the nodes of the pods',
};
