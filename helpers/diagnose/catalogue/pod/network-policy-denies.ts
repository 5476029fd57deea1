import type { NetworkPolicyInfo } from '../../../model/facts/kubernetes.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { deniedServices } from '../../evidence/denied.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { kubeRouterPolicyLeftOver } from '../host/kube-router-policy-left-over.ts';
import { provedIf } from '../../match.ts';

/** Whether a policy may select the pods that a Service selects. */
const selects = ({ labels }: NetworkPolicyInfo, selector: Record<string, string> = {}): boolean =>
  Object.entries(labels).every(([key, value]) => selector[key] === undefined || selector[key] === value);

/** A policy keeps pods, or other nodes, from reaching the pods that it selects. */
export const networkPolicyDenies: CatalogueEntry = {
  code: 'network-policy-denies',
  title: (locations) => `a network policy keeps traffic from the Service's pods: ${placeOf(locations)}`,
  layer: 'pod',
  dependsOn: [nodeNotReadyEndpoints, kubeRouterPolicyLeftOver],
  sets: ['iptables-save'],
  match: (view) => {
    return deniedServices(view).flatMap(({ name, nodes, basis, impact, text }): Match[] => {
      const policies = view.facts
        .all('network-policies')
        .flatMap(({ value, id }) =>
          value
            .filter(
              (policy) =>
                policy.namespace === name.split('/')[0] && selects(policy, view.cluster.service(name)?.value.selector),
            )
            .map((policy) => ({ policy, id })),
        );
      const off = [...view.cluster.nodes.values()].some(({ value }) =>
        /disable-network-policy/.test(value.annotations['k3s.io/node-args'] ?? ''),
      );
      if (off && policies.length === 0) return [];
      return [
        provedIf(policies.length > 0 && !off, {
          at: { service: name },
          evidence: [
            say(text, ...basis.slice(0, 20)),
            policies.length > 0 &&
              say(
                `the namespace has the policy ${policies.map(({ policy }) => policy.name).join(', ')}`,
                ...policies.map(({ id }) => id),
              ),
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
        'Allow the clients in the policy: pods by namespace and label, host-network clients (an ingress controller) ' +
        'by the addresses of nodes and tunnels.',
    },
  ],
  verify: ({ service }) => `kubectl get networkpolicies -n ${service?.split('/')[0]} -o yaml`,
  parts: ({ service }) => `kubectl get networkpolicies -n ${service?.split('/')[0]}`,
};
