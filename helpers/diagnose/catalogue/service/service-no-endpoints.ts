import type { CatalogueEntry, Match } from '../../entry.ts';
import { qualified } from '../../view/cluster.ts';
import { hasReason } from '../../evidence/replicas.ts';
import { failuresOf } from '../../evidence/services.ts';
import { count, distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { ipamExhausted } from '../pod/ipam-exhausted.ts';
import { leftOut } from '../../../model/service.ts';
import { provedIf } from '../../match.ts';

/** No pod stands behind a Service: none matches, or none is ready. */
export const serviceNoEndpoints: CatalogueEntry = {
  code: 'service-no-endpoints',
  title: (locations) => `the Service has no ready endpoint: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints, ipamExhausted],
  match: (view) =>
    view.cluster.services.flatMap((service): Match[] => {
      const { endpoints, selector } = service.value;
      const failed = failuresOf(view, service);
      // Replicas with a known reason for not serving, or with the reason still to be read, are a cause of their own.
      if (service.value.dns && view.cluster.dnsPods.some(({ value }) => hasReason(view, value))) return [];
      if (endpoints.some(({ ready }) => ready) || failed.length === 0 || leftOut(service.value)?.isByChoice) return [];
      // A pod of two families stands there twice.
      const names = distinct(endpoints.map(({ pod, ip }) => pod ?? ip));
      const text =
        endpoints.length > 0
          ? `none of the ${count(names.length, 'endpoint')} of ${qualified(service)} is ready (${names.join(', ')})`
          : `${qualified(service)} has no endpoints: no pod matches its selector ${
              Object.entries(selector)
                .map((each) => each.join('='))
                .join(', ') || '(none)'
            }, or none has an address`;
      const { objects = [], replicas = 0, notObserved } = service.value.workload ?? {};
      // Of the DNS Service it is known only with its pods whether they are gone or end again and again. Where it may
      // not be read what makes the pods, none may be wanted.
      const isKnown = service.value.dns ? view.cluster.dnsPods.length > 0 : notObserved === undefined;
      return [
        provedIf(isKnown, {
          at: { service: qualified(service) },
          evidence: [
            say(text, service.id),
            objects.length > 0 && say(`${objects.join(', ')} wants ${count(replicas, 'pod')}`, service.id),
            notObserved !== undefined && say(`whether pods are wanted is not known: ${notObserved}`, service.id),
            say(`${count(failed.length, 'probe')} that need it fail`, ...ids(failed).slice(0, 20)),
          ],
          impact: [{ kind: 'service', service: qualified(service) }],
          basis: failed,
          nodes: distinct(endpoints.flatMap(({ node }) => node ?? [])),
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Compare the Service’s selector with the pods’ labels; when pods match, see why they are not ready (kubectl ' +
        'describe pod: probe, image, node).',
    },
  ],
  shows: 'an address under ENDPOINTS',
  verify: ({ service }) =>
    `kubectl get endpointslices -n ${service?.split('/')[0]} -l kubernetes.io/service-name=${service?.split('/')[1]}`,
  parts: ({ service }) =>
    `kubectl get endpointslices -n ${service?.split('/')[0]} -l kubernetes.io/service-name=${service?.split('/')[1]}`,
};
