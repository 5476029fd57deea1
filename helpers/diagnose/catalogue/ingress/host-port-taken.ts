import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { ingressNotRouted } from './ingress-not-routed.ts';
import { wrongBackendIdentity } from '../service/wrong-backend-identity.ts';
import { bodyHeadOf, isRedirectLoop, statusOf } from '../../view/answers.ts';
import { provedIf } from '../../match.ts';

const GATEWAY = new Set([502, 503, 504]);

const FOREIGN = 'an answer that is not the ingress controller’s';

/** An answer, but not one that the ingress controller gives. */
const foreign = (probe: ProbeObservation): boolean =>
  probe.verdict === 'fail' &&
  (probe.errorKind === 'wrong-identity' ||
    probe.errorKind === 'tls' ||
    (probe.errorKind === 'http-status' && !GATEWAY.has(Number(statusOf(probe))) && !isRedirectLoop(probe)));

/** On one node something else than the ingress controller holds its port. */
export const hostPortTaken: CatalogueEntry = {
  code: 'host-port-taken',
  title: (locations) => `another program holds the ingress port: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [nodeNotReadyEndpoints, wrongBackendIdentity],
  // The 404 of a controller that knows none of the hosts is the same on all of them.
  yieldsTo: [ingressNotRouted],
  match: (view) => {
    const workers = view.probes.filter(
      ({ suite, role, verdict }) => suite === 'ingress' && role === 'worker' && isJudged({ verdict }),
    );
    return distinct(workers.flatMap(({ destination }) => destination.node ?? [])).flatMap((node) =>
      distinct(workers.map(({ destination }) => String(destination.port))).flatMap((port): Match[] => {
        const here = workers.filter(
          ({ destination }) => destination.node === node && String(destination.port) === port,
        );
        const wrong = here.filter(foreign);
        const elsewhere = workers.filter(
          ({ destination, verdict }) =>
            destination.node !== node && String(destination.port) === port && verdict === 'pass',
        );
        if (wrong.length === 0 || wrong.length < here.length || elsewhere.length === 0) return [];
        const hosts = distinct(wrong.flatMap(({ destination }) => destination.name ?? []));
        const answers = distinct(wrong.map((probe) => `${statusOf(probe)} ${bodyHeadOf(probe)}`));
        const alike = hosts.length > 1 && answers.length === 1 && wrong.every((probe) => statusOf(probe) !== undefined);
        return [
          provedIf(alike, {
            at: { node },
            evidence: [
              say(
                `${node}:${port} gives ` +
                  `${alike ? `all ${hosts.length} hosts the same foreign answer` : FOREIGN} ` +
                  `(${wrong[0]?.reason ?? wrong[0]?.errorKind}), other nodes serve them`,
                ...ids(wrong),
                ...ids(elsewhere).slice(0, 4),
              ),
            ],
            impact: [
              { kind: 'probes', ids: ids(here.filter(({ verdict }) => verdict === 'fail')) },
              {
                kind: 'probes',
                ids: ids(view.failing.filter(({ suite, role }) => suite === 'ingress' && role !== 'worker')),
              },
            ],
            basis: wrong,
          }),
        ];
      }),
    );
  },
  remedy: () => [
    {
      text:
        'Find who listens (ss -ltnp on the node) and move that program, or its pod with hostNetwork or hostPort, to ' +
        'another port; then restart the controller’s pod on the node.',
    },
  ],
  shows: "the ingress controller's ports alone",
  verify: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
  parts: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
};
