import type { CatalogueEntry, Match } from '../../entry.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { serviceRulesFlushed } from './service-rules-flushed.ts';
import { proved } from '../../match.ts';

/** kube-proxy's own health port, which it opens on every node. */
const HEALTH_PORT = 10256;

/** Nobody keeps a node's Service rules: they stay as they were, or are not there. */
export const kubeProxyStopped: CatalogueEntry = {
  code: 'kube-proxy-stopped',
  title: (locations) => `kube-proxy does not run: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints],
  // By itself it breaks nothing: the rules that it no longer keeps do.
  yieldsTo: [serviceRulesFlushed],
  match: (view) => {
    const seen = view.nodes.flatMap((node) => {
      const { sockets } = view.host(node);
      return sockets && Array.isArray(sockets.value.tcp)
        ? [{ node, id: sockets.id, listens: sockets.value.tcp.some(({ port }) => port === HEALTH_PORT) }]
        : [];
    });
    const other = seen.find(({ listens }) => listens);
    if (!other) return [];
    return seen
      .filter(({ listens }) => !listens)
      .map(({ node, id }): Match => {
        // By itself it breaks nothing: what fails does so by rules that are gone or out of date, which is a finding of
        // its own.
        return proved({
          at: { node },
          evidence: [
            say(
              `nothing listens on kube-proxy's health port ${HEALTH_PORT} on ${node}, on ${other.node} it does`,
              id,
              other.id,
            ),
          ],
          impact: [],
          basis: [],
        });
      });
  },
  remedy: () => [
    {
      text:
        'Restart K3s on the node (kube-proxy runs inside it) and look into its journal for why it ended; elsewhere, ' +
        'the kube-proxy pod of the node.',
    },
  ],
  verify: ({ node }) => `ssh ${node} curl -s localhost:10256/healthz`,
  parts: ({ node }) => `ssh ${node} curl -s localhost:10256/healthz`,
};
