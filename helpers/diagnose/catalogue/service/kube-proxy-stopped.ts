import type { CatalogueEntry, Match } from '../../entry.ts';
import { HEALTH_PORT, proxiesStopped } from '../../evidence/proxies.ts';
import { translations } from '../../evidence/services.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { unkeptServices } from '../../evidence/unkept.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { serviceRulesFlushed } from './service-rules-flushed.ts';
import { proved } from '../../match.ts';

/** Nobody keeps a node's Service rules: they stay as they were, or are not there. */
export const kubeProxyStopped: CatalogueEntry = {
  code: 'kube-proxy-stopped',
  title: (locations) => `kube-proxy does not run: ${placeOf(locations)}`,
  layer: 'service',
  dependsOn: [nodeNotReadyEndpoints],
  // By itself it breaks only what is new: else the rules that it no longer keeps do.
  yieldsTo: [serviceRulesFlushed],
  match: (view) =>
    proxiesStopped(view).map(({ node, other, ids: sockets }): Match => {
      const own = translations(view).find((each) => each.node === node);
      // What came after it ended is not translated there. Else what fails does so by rules that are gone or out of
      // date, which is a finding of its own.
      const unkept = own ? unkeptServices(view, own) : [];
      return proved({
        at: { node },
        evidence: [
          say(`nothing listens on kube-proxy's health port ${HEALTH_PORT} on ${node}, on ${other} it does`, ...sockets),
          ...unkept.map(({ name, failed, rules }) =>
            say(`${node} has not taken ${name} in, which other nodes reach`, ...ids(failed).slice(0, 10), ...rules),
          ),
        ],
        impact: unkept.map(({ name }) => ({ kind: 'translation', node, service: name })),
        basis: [],
      });
    }),
  remedy: () => [
    {
      text:
        'Restart K3s on the node (kube-proxy runs inside it) and look into its journal for why it ended; elsewhere, ' +
        'the kube-proxy pod of the node.',
    },
  ],
  shows: 'an answer with lastUpdated',
  verify: ({ node }) => `ssh ${node} curl -s localhost:10256/healthz`,
  parts: ({ node }) => `ssh ${node} curl -s localhost:10256/healthz`,
};
