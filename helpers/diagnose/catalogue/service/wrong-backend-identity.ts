import type { CatalogueEntry, Match } from '../../entry.ts';
import { askedEndpoints } from '../../evidence/endpoints.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { bodyHeadOf } from '../../view/answers.ts';
import { proved } from '../../match.ts';

/** A pod behind a Service answers 200, and is not what the Service should lead to. */
export const wrongBackendIdentity: CatalogueEntry = {
  code: 'wrong-backend-identity',
  title: (locations) => `the wrong application answers for the Service: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [],
  match: (view) =>
    askedEndpoints(view).flatMap(({ name, endpoint, probes, service }): Match[] => {
      const wrong = probes.filter(({ errorKind, verdict }) => verdict === 'fail' && errorKind === 'wrong-identity');
      if (wrong.length === 0 || probes.some(({ verdict }) => verdict === 'pass')) return [];
      return [
        proved({
          at: { service: name, endpoint: endpoint.ip },
          evidence: [
            say(
              `${endpoint.pod ?? endpoint.ip} on ${endpoint.node} is an endpoint of ${name} and answers: ` +
                ((wrong[0] && bodyHeadOf(wrong[0])) ?? wrong[0]?.reason ?? '').slice(0, 120),
              ...ids(wrong).slice(0, 10),
              service.id,
            ),
          ],
          impact: [{ kind: 'endpoint', ip: endpoint.ip }],
          basis: wrong,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Look which labels make the pod match the Service’s selector, and part the two; or deploy the image that ' +
        'belongs there.',
    },
  ],
  shows: 'for each pod the labels of one Service alone',
  verify: ({ service }) => `kubectl get pods -n ${service?.split('/')[0]} --show-labels -o wide`,
  parts: ({ service }) => `kubectl get pods -n ${service?.split('/')[0]} --show-labels -o wide`,
};
