import type { CatalogueEntry, Match } from '../../entry.ts';
import { qualified } from '../../view/cluster.ts';
import { failuresOf } from '../../evidence/services.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { egressNotMasqueraded } from '../host/egress-not-masqueraded.ts';
import { candidate } from '../../match.ts';

/**
 * What stands behind a Service is outside of the cluster, and answers no node. Never more than likely: whether it is
 * down, or keeps the cluster out, cannot be told from within.
 */
export const serviceLeadsOutside: CatalogueEntry = {
  code: 'service-leads-outside',
  title: (locations) => `what stands behind the Service is outside of the cluster: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [egressNotMasqueraded],
  match: (view) =>
    view.cluster.services.flatMap((service): Match[] => {
      const name = qualified(service);
      const failed = failuresOf(view, service);
      const asked = view.probes.filter(({ destination }) => destination.name === name);
      const outside = asked.filter(({ role }) => role === 'outside-endpoint');
      const isWholly = outside.length > 0 && !asked.some(({ role }) => role === 'endpoint');
      // One that answers somebody is there: then it is the way of the others that is to be looked at.
      if (!isWholly || failed.length === 0 || outside.some(({ verdict }) => verdict === 'pass')) return [];
      const addresses = distinct(outside.flatMap(({ destination }) => destination.ip ?? []));
      return [
        candidate({
          at: { service: name },
          evidence: [
            say(`${name} leads to ${addresses.join(', ')}, which no node and no pod of the cluster has`, service.id),
            say(`none of ${outside.length} probes of it by its own address is answered`, ...ids(outside).slice(0, 20)),
          ],
          impact: [{ kind: 'service', service: name }],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'See whether what is at the address runs, and lets in what comes from the nodes; then whether the address in ' +
        'the EndpointSlice is still right.',
    },
  ],
  shows: 'addresses that answer',
  verify: ({ service }) =>
    `kubectl get endpointslices -n ${service?.split('/')[0]} -l kubernetes.io/service-name=${service?.split('/')[1]}`,
  parts: ({ service }) =>
    `kubectl get endpointslices -n ${service?.split('/')[0]} -l kubernetes.io/service-name=${service?.split('/')[1]} ` +
    '-o wide # ask the address from a machine outside of the cluster',
};
