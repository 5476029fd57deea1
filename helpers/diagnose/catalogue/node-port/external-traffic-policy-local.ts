import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { serviceNoEndpoints } from '../service/service-no-endpoints.ts';
import { proved } from '../../match.ts';

/** Hosts are asked by the NodePorts of the ingress controller's own Service on every node. */
function atIngress(view: View): Match[] {
  const service = view.facts.last('ingress-service').at(-1);
  if (service?.value.externalTrafficPolicy !== 'Local') return [];
  const { namespace, name, endpoints } = service.value;
  const failed = networkFailures(
    view.failing.filter(
      ({ suite, role, destination }) =>
        suite === 'ingress' &&
        role === 'node-port' &&
        !endpoints.some(({ node, ready }) => ready && node === destination.node),
    ),
  );
  return [...Map.groupBy(failed, ({ destination }) => destination.node)].flatMap(([node, own]): Match[] => {
    if (node === undefined) return [];
    return [
      proved({
        at: { service: `${namespace}/${name}`, node },
        evidence: [
          say(
            `${namespace}/${name} has externalTrafficPolicy Local and no endpoint on ${node}: its NodePorts drop ` +
              'what comes from outside',
            service.id,
            ...ids(own).slice(0, 12),
          ),
        ],
        impact: [{ kind: 'probes', ids: ids(own) }],
        basis: own,
      }),
    ];
  });
}

/**
 * The NodePort by which hosts are to be reached serves outsiders only on nodes that have an endpoint. For a Service by
 * itself that is its operator's choice, and such nodes are not asked.
 */
export const externalTrafficPolicyLocal: CatalogueEntry = {
  code: 'external-traffic-policy-local',
  title: (locations) =>
    `the NodePort answers only on nodes with an endpoint (externalTrafficPolicy Local): ${placeOf(locations)}`,
  layer: 'node-port',
  dependsOn: [nodeNotReadyEndpoints, serviceNoEndpoints],
  match: atIngress,
  remedy: () => [
    {
      text:
        'Set externalTrafficPolicy: Cluster, or run an endpoint on every node that is asked, or let the load ' +
        'balancer check healthCheckNodePort.',
    },
    { provider: 'hetzner', text: 'the load balancer’s health check must be that of the healthCheckNodePort.' },
  ],
  shows: 'Cluster',
  verify: ({ service }) =>
    `kubectl get service -n ${service?.split('/')[0]} ${service?.split('/')[1]} -o ` +
    `jsonpath='{.spec.externalTrafficPolicy}'`,
  parts: ({ service }) => `kubectl get service -n ${service?.split('/')[0]} ${service?.split('/')[1]} -o yaml`,
};
