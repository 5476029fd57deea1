import type { CatalogueEntry, Match, Request } from '../../entry.ts';
import {
  dnsNamespace,
  dnsPodsAt,
  endsAgain,
  logOf,
  noNameserverIn,
  replicasOf,
  serviceOfNone,
} from '../../evidence/replicas.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** CoreDNS ends itself at every start: the resolv.conf that it is given names no nameserver. */
export const corednsNoUpstream: CatalogueEntry = {
  code: 'coredns-no-upstream',
  title: (locations) => `CoreDNS ends itself, its node names no resolver: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) =>
    replicasOf(view).flatMap(({ pod: { value, id }, names }): Match[] => {
      const { line, id: log } = noNameserverIn(view, value.name);
      const resolver = view.host(value.node).resolv;
      const isEmpty = resolver?.value.nameservers.length === 0;
      if (!line && (!endsAgain(value) || !isEmpty || logOf(view, value.name))) return [];
      const ask: Request = {
        kind: 'pod-log',
        namespace: dnsNamespace(view),
        pod: value.name,
        why: 'CoreDNS says in its log when it has nowhere to forward to',
      };
      return [
        provedIf(line, {
          at: { replica: value.name, node: value.node },
          evidence: [
            say(`${value.name} is ${value.waitingReason ?? 'not ready'} after ${value.restarts} restarts`, id),
            line && say(`its log says: ${line}`, log),
            isEmpty && say(`/etc/resolv.conf of ${value.node} has no nameserver`, resolver?.id),
          ],
          impact: [{ kind: 'replica', replica: value.name }, ...serviceOfNone(view)],
          basis: names.filter(({ verdict }) => verdict === 'fail'),
          requests: line ? [] : [ask],
        }),
      ];
    }),
  remedy: (_, [at]) => [
    {
      text:
        `Name a resolver in /etc/resolv.conf of ${at?.node ?? 'the node'}, or in the file of the kubelet's ` +
        '--resolv-conf (K3s: the same); without any outside, remove forward from the Corefile. Then make the ' +
        'CoreDNS pods anew.',
    },
  ],
  shows: 'no error about forward',
  verify: (_, view) => `kubectl logs ${dnsPodsAt(view)} --tail 20`,
  parts: ({ replica }, view) => `kubectl logs -n ${dnsNamespace(view)} ${replica} --previous`,
};
