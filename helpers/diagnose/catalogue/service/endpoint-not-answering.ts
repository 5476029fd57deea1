import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { askedEndpoints, changed } from '../../evidence/endpoints.ts';
import { ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { networkdFlushedRoutesOrRules } from '../host/networkd-flushed-routes-or-rules.ts';
import { policyRoutingTableHijack } from '../host/policy-routing-table-hijack.ts';
import { conntrackTableFull } from '../node/conntrack-table-full.ts';
import { provedIf } from '../../match.ts';

/** One pod of a Service counts as ready and does not answer, others do. */
export const endpointNotAnswering: CatalogueEntry = {
  code: 'endpoint-not-answering',
  title: (locations) => `a ready endpoint does not answer: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints, networkdFlushedRoutesOrRules, policyRoutingTableHijack, conntrackTableFull],
  match: (view) => {
    const asked = askedEndpoints(view);
    return asked.flatMap(({ service, name, endpoint, probes, atHome }): Match[] => {
      const silent = probes.filter(isJudged);
      const others = asked.filter(
        (each) =>
          each.name === name &&
          each.endpoint.ip !== endpoint.ip &&
          each.probes.some(({ verdict }) => verdict === 'pass'),
      );
      const dead =
        silent.length > 0 &&
        silent.every(
          ({ verdict, errorKind, succeeded }) =>
            verdict === 'fail' &&
            succeeded === 0 &&
            (errorKind === 'refused' || errorKind === 'timeout' || errorKind === 'reset' || errorKind === 'no-route'),
        );
      if (!dead || others.length === 0 || !atHome.some(({ verdict }) => verdict === 'fail') || changed(view, service))
        return [];
      const reading = view.facts
        .all('service')
        .filter(({ value }) => `${value.namespace}/${value.name}` === name).length;
      const neighbours = view.probes.some(
        (probe) =>
          probe.source.node === endpoint.node &&
          probe.destination.node === endpoint.node &&
          probe.pathClass === 'host-pod' &&
          probe.verdict === 'pass',
      );
      return [
        provedIf(reading > 1 && neighbours && endpoint.ready, {
          at: { service: name, endpoint: endpoint.ip, node: endpoint.node },
          evidence: [
            say(
              `${endpoint.pod ?? endpoint.ip} of ${name} on ${endpoint.node} answers none of ${silent.length} ` +
                `probes, not from its own node either; ${others.length} other endpoints answer`,
              ...ids(networkFailures(silent)).slice(0, 20),
              service.id,
            ),
          ],
          impact: [{ kind: 'endpoint', ip: endpoint.ip }],
          basis: silent,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'See to the pod (kubectl logs, describe) and give it a readiness probe that notices; deleting it makes a ' +
        'fresh one.',
    },
  ],
  shows: 'addresses of pods that answer',
  verify: ({ service }) =>
    `kubectl get endpointslices -n ${service?.split('/')[0]} -l kubernetes.io/service-name=${service?.split('/')[1]}`,
  parts: ({ service, endpoint }) =>
    `kubectl get pods -n ${service?.split('/')[0]} -o wide # is ${endpoint} still there, and what does its log say`,
};
