import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** On a node that should run the ingress controller nothing listens on its ports. */
export const ingressControllerDown: CatalogueEntry = {
  code: 'ingress-controller-down',
  title: (locations) => `the ingress controller does not listen: ${placeOf(locations)}`,
  layer: 'ingress',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const workers = view.probes.filter(
      ({ suite, role, verdict }) => suite === 'ingress' && role === 'worker' && isJudged({ verdict }),
    );
    return distinct(workers.flatMap(({ destination }) => destination.node ?? [])).flatMap((node): Match[] => {
      const here = workers.filter(({ destination }) => destination.node === node);
      const refused = here.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'refused');
      if (refused.length === 0 || refused.length < here.length) return [];
      const { sockets } = view.host(node);
      const ports = distinct(refused.map(({ destination }) => String(destination.port)));
      const unheard = sockets !== undefined && !sockets.value.tcp.some(({ port }) => ports.includes(String(port)));
      const rest = ids(view.failing.filter(({ suite, role }) => suite === 'ingress' && role !== 'worker'));
      return [
        provedIf(unheard, {
          at: { node },
          evidence: [
            say(`${node} refuses ${ports.join(' and ')} to all of ${refused.length} requests`, ...ids(refused)),
            unheard && say(`nothing listens there on ${node}`, sockets?.id),
          ],
          impact: [{ kind: 'probes', ids: [...ids(refused), ...rest] }],
          basis: refused,
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Look at the controller’s pod on the node: its log, its node selector and tolerations, and whether another ' +
        'program holds the port.',
    },
  ],
  verify: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
  parts: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
};
