import type { CatalogueEntry, Match } from '../../entry.ts';
import { FELIX_PORT, unkeptByFelix, type Unwired } from '../../evidence/felix.ts';
import { count, ids, listed, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const ofPod = (node: string, { ip, isProbe, replica }: Unwired): Match['impact'] => [
  { kind: 'endpoint', ip },
  ...(replica === undefined ? [] : [{ kind: 'replica' as const, replica }]),
  // Nothing of what this pod asks is answered: the answers find no way to it.
  ...(isProbe ? [{ kind: 'pods' as const, node }] : []),
];

/** What is said of pods that no probe reached, by what their node has not of them. */
const TEXTS: readonly [Unwired['lacks'], (node: string) => string][] = [
  ['route', (node) => `${node} has no route to`],
  ['rules', (node) => `felix has written no rules on ${node} for`],
  [undefined, (node) => `no probe reached on ${node}`],
];

/** Nobody gives a node's new pods their rules, without which all is dropped; older ones keep what they have. */
export const calicoFelixStopped: CatalogueEntry = {
  code: 'calico-felix-stopped',
  title: (locations) => `felix, Calico's agent, does not keep the node: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) =>
    unkeptByFelix(view).map(({ node, other, pods, ids: read }): Match => {
      const failed = pods.flatMap((pod) => pod.failed);
      const told = TEXTS.flatMap(([lacks, text]) => {
        const own = pods.filter((pod) => pod.lacks === lacks);
        return own.length > 0
          ? [`${text(node)} ${count(own.length, 'pod')} of its own: ${listed(own.map(({ ip }) => ip))}`]
          : [];
      });
      return proved({
        at: { node },
        evidence: [
          say(
            other === undefined
              ? `felix listens on its health port ${FELIX_PORT} on ${node}`
              : `nothing listens on felix' health port ${FELIX_PORT} on ${node}, on ${other} felix does`,
            ...read,
          ),
          ...told.map((text) => say(text, ...read, ...ids(failed).slice(0, 10))),
        ],
        impact: pods.flatMap((pod) => ofPod(node, pod)),
        basis: ids(failed),
      });
    }),
  remedy: (_view, [first]) => [
    {
      text:
        `See why calico-node does not run or is not Ready there: kubectl -n kube-system get pods -l ` +
        `k8s-app=calico-node -o wide, its log on ${first?.node ?? 'the node'}, and the API server or Typha ` +
        'that felix reads from; delete that pod, which starts anew. Pods get their rules when felix runs.',
    },
  ],
  shows: '200 for a felix that is in step',
  verify: ({ node }) => `ssh ${node} 'curl -s -o /dev/null -w "%{http_code}" http://localhost:${FELIX_PORT}/readiness'`,
  parts: ({ node }) => `ssh ${node} 'ss -ltn sport = :${FELIX_PORT}; ip route'`,
};
