import type { CatalogueEntry, Match, Request } from '../../entry.ts';
import { dnsNamespace, dnsPodsAt, endsAgain, loopIn, replicasOf, serviceOfNone } from '../../evidence/replicas.ts';
import { placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';

/** CoreDNS forwards to itself and ends itself over it. */
export const corednsForwardLoop: CatalogueEntry = {
  code: 'coredns-forward-loop',
  title: (locations) => `CoreDNS forwards to itself: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    return replicasOf(view).flatMap(({ pod: { value, id }, names }): Match[] => {
      const { line, id: log } = loopIn(view, value.name);
      if (!line && (!endsAgain(value) || log !== undefined)) return [];
      const failed = names.filter(({ verdict }) => verdict === 'fail');
      const resolver = view.host(value.node).resolv;
      const local = resolver?.value.nameservers.find((address) => address.startsWith('127.'));
      const ask: Request = {
        kind: 'pod-log',
        namespace: dnsNamespace(view),
        pod: value.name,
        why: 'CoreDNS says in its log when it finds a loop',
      };
      return [
        provedIf(line, {
          at: { replica: value.name, node: value.node },
          evidence: [
            say(`${value.name} is ${value.waitingReason ?? 'not ready'} after ${value.restarts} restarts`, id),
            line && say(`its log says: ${line}`, log),
            local &&
              say(`the resolver of ${value.node} is ${local}, which is CoreDNS itself inside its pod`, resolver?.id),
          ],
          impact: [{ kind: 'replica', replica: value.name }, ...serviceOfNone(view)],
          basis: failed,
          requests: line ? [] : [ask],
        }),
      ];
    });
  },
  remedy: () => [
    {
      text:
        'Give the kubelet a resolv.conf that names a real resolver: --resolv-conf=/run/systemd/resolve/resolv.conf ' +
        '(K3s: --resolv-conf), then restart CoreDNS.',
    },
  ],
  shows: 'no "Loop" line',
  verify: (_, view) => `kubectl logs ${dnsPodsAt(view)} --tail 20`,
  parts: ({ replica }, view) => `kubectl logs -n ${dnsNamespace(view)} ${replica} --previous`,
};
