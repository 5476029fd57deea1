import type { CatalogueEntry, Match } from '../entry.ts';
import { askedEndpoints } from './endpoints.ts';
import { distinct, ids, placeOf, say } from './support.ts';

interface PolicyFact {
  namespace?: string;
  name?: string;
}

/** A policy keeps pods, or other nodes, from reaching the pods that it selects. */
export const networkPolicyDenies: CatalogueEntry = {
  code: 'network-policy-denies',
  title: (locations) => `a network policy keeps traffic from the Service's pods: ${placeOf(locations)}`,
  layer: 'pod',
  severity: 'major',
  dependsOn: ['node-not-ready-endpoints', 'kube-router-policy-left-over'],
  needs: ['endpoints asked from pods and from their own nodes', 'a probe pod beside them that is reached', 'the policies of the namespace'],
  sets: ['iptables-save'],
  match: (view) => {
    const asked = Map.groupBy(askedEndpoints(view), ({ name }) => name);
    return [...asked].flatMap(([name, endpoints]): Match[] => {
      const denied = endpoints.filter(({ endpoint, probes, atHome }) => {
        const fromPods = probes.filter(({ source }) => source.network === 'pod');
        const beside = view.probes.some(({ role, destination, source, verdict, pathClass }) => role === 'tcp-small' && pathClass === 'pod-pod' && destination.node === endpoint.node && source.node !== endpoint.node && verdict === 'pass');
        return beside && atHome.some(({ verdict }) => verdict === 'pass') && fromPods.some(({ source, verdict }) => source.node === endpoint.node && verdict === 'fail') && fromPods.every(({ verdict, errorKind }) => verdict === 'inconclusive' || (verdict === 'fail' && (errorKind === 'timeout' || errorKind === 'refused' || errorKind === 'prohibited')));
      });
      if (denied.length === 0) return [];
      const policies = view.facts.all<PolicyFact | PolicyFact[]>('network-policy').flatMap(({ value, id }) => [value].flat().filter(({ namespace }) => namespace === name.split('/')[0]).map((policy) => ({ policy, id })));
      const basis = ids(denied.flatMap(({ probes }) => probes.filter(({ verdict }) => verdict === 'fail')));
      return [{
        confidence: policies.length > 0 ? 'proved' : 'candidate',
        location: { service: name },
        evidence: [
          say(`${denied.length} endpoints of ${name} answer their own node and no pod, while probe pods beside them are reached from other nodes`, ...basis.slice(0, 20)),
          ...(policies.length > 0 ? [say(`the namespace has the policy ${policies.map(({ policy }) => policy.name).join(', ')}`, ...policies.map(({ id }) => id))] : []),
        ],
        impact: [{ kind: 'service', service: name }, ...denied.map(({ endpoint }) => ({ kind: 'endpoint' as const, ip: endpoint.ip }))],
        basis,
        nodes: distinct(denied.flatMap(({ endpoint }) => endpoint.node ?? [])),
      }];
    });
  },
  remedy: { k3s: 'Allow the clients in the policy: pods by namespace and label, host-network clients (an ingress controller) by the addresses of nodes and tunnels.' },
  verify: ({ service }) => `kubectl get networkpolicies -n ${service?.split('/')[0]} -o yaml`,
  parts: ({ service }) => `kubectl get networkpolicies -n ${service?.split('/')[0]}`,
};
