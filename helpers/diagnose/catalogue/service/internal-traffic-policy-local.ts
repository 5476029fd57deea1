import type { CatalogueEntry, Match } from '../../entry.ts';
import { qualified } from '../../view/cluster.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';

/** A Service serves only clients on nodes that have an endpoint of it. */
export const internalTrafficPolicyLocal: CatalogueEntry = {
  code: 'internal-traffic-policy-local',
  title: (locations) =>
    `the Service answers only on nodes with an endpoint (internalTrafficPolicy Local): ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [],
  match: (view) =>
    view.cluster.services
      .filter(({ value }) => value.internalTrafficPolicy === 'Local' && value.endpoints.some(({ ready }) => ready))
      .flatMap((service) => {
        const at = new Set(service.value.endpoints.filter(({ ready }) => ready).map(({ node }) => node));
        return view.nodes.flatMap((node): Match[] => {
          const failed = view.failing.filter(
            (probe) =>
              probe.source.node === node &&
              probe.destination.node === undefined &&
              view.path(probe).service === qualified(service),
          );
          if (at.has(node) || failed.length === 0) return [];
          return [
            proved({
              at: { service: qualified(service), node },
              evidence: [
                say(`${qualified(service)} has internalTrafficPolicy Local and no endpoint on ${node}`, service.id),
                say(`it does not answer there`, ...ids(failed)),
              ],
              impact: [{ kind: 'translation', node, service: qualified(service) }],
              basis: failed,
            }),
          ];
        });
      }),
  remedy: () => [
    { text: 'Set internalTrafficPolicy: Cluster, or run an endpoint on every node that has clients (a DaemonSet).' },
  ],
  shows: 'Cluster',
  verify: ({ service }) =>
    `kubectl get service -n ${service?.split('/')[0]} ${service?.split('/')[1]} -o ` +
    `jsonpath='{.spec.internalTrafficPolicy}'`,
  parts: ({ service }) => `kubectl get service -n ${service?.split('/')[0]} ${service?.split('/')[1]} -o yaml`,
};
