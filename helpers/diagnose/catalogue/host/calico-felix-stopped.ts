import type { CatalogueEntry, Match } from '../../entry.ts';
import { FELIX_PORT, unkeptByFelix, type Unrouted } from '../../evidence/felix.ts';
import { count, ids, listed, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const ofPod = (node: string, { ip, isProbe, replica }: Unrouted): Match['impact'] => [
  { kind: 'endpoint', ip },
  ...(replica === undefined ? [] : [{ kind: 'replica' as const, replica }]),
  // Nothing of what this pod asks is answered: the answers find no way to it.
  ...(isProbe ? [{ kind: 'pods' as const, node }] : []),
];

/** Nobody gives a node's new pods their routes and rules; older ones keep what they have. */
export const calicoFelixStopped: CatalogueEntry = {
  code: 'calico-felix-stopped',
  title: (locations) => `felix, Calico's agent, does not keep the node: ${placeOf(locations)}`,
  layer: 'host',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    unkeptByFelix(view).map(({ node, other, unrouted, ids: read }): Match => {
      const failed = unrouted.flatMap((pod) => pod.failed);
      return proved({
        at: { node },
        evidence: [
          say(
            other === undefined
              ? `felix listens on its health port ${FELIX_PORT} on ${node}`
              : `nothing listens on felix' health port ${FELIX_PORT} on ${node}, on ${other} felix does`,
            ...read,
          ),
          unrouted.length > 0 &&
            say(
              `${node} has no route to ${count(unrouted.length, 'pod')} of its own: ` +
                listed(unrouted.map(({ ip }) => ip)),
              ...read,
              ...ids(failed).slice(0, 10),
            ),
        ],
        impact: unrouted.flatMap((pod) => ofPod(node, pod)),
        basis: ids(failed),
      });
    }),
  remedy: (_view, [first]) => [
    {
      text:
        `See why calico-node does not run or is not Ready there: kubectl -n kube-system get pods -l ` +
        `k8s-app=calico-node -o wide, its log on ${first?.node ?? 'the node'}, and the API server or Typha ` +
        'that felix reads from; delete that pod, which starts anew. Pods get their routes when felix runs.',
    },
  ],
  shows: '200 for a felix that is in step',
  verify: ({ node }) => `ssh ${node} 'curl -s -o /dev/null -w "%{http_code}" http://localhost:${FELIX_PORT}/readiness'`,
  parts: ({ node }) => `ssh ${node} 'ss -ltn sport = :${FELIX_PORT}; ip route'`,
};
