import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { dnsNamespace, dnsPodsAt, endsAgain, isSilent, logOf, replicasOf } from '../../evidence/replicas.ts';
import { distinct, ids, networkFailures, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { networkdFlushedRoutesOrRules } from '../host/networkd-flushed-routes-or-rules.ts';
import { policyRoutingTableHijack } from '../host/policy-routing-table-hijack.ts';
import { corednsConfigWrong } from './coredns-config-wrong.ts';
import { corednsForwardLoop } from './coredns-forward-loop.ts';
import { corednsNoUpstream } from './coredns-no-upstream.ts';
import { conntrackTableFull } from '../node/conntrack-table-full.ts';
import { duplicatePodCidr } from '../objects/duplicate-pod-cidr.ts';
import { provedIf } from '../../match.ts';

const lastLineOf = (text: string): string => text.trimEnd().split('\n').at(-1) || '(nothing)';

/** One CoreDNS replica answers nobody, while the Service goes on with the others. */
export const corednsReplicaDead: CatalogueEntry = {
  code: 'coredns-replica-dead',
  title: (locations) => `a CoreDNS replica does not answer: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [
    nodeNotReadyEndpoints,
    networkdFlushedRoutesOrRules,
    policyRoutingTableHijack,
    conntrackTableFull,
    duplicatePodCidr,
  ],
  // A replica that ends itself, or never began, does not answer.
  yieldsTo: [corednsForwardLoop, corednsNoUpstream, corednsConfigWrong],
  match: (view) => {
    return replicasOf(view).flatMap(({ pod: { value, id }, names }): Match[] => {
      const judged = names.filter(isJudged);
      const dead = judged.filter(isSilent);
      const home = dead.filter(({ source }) => source.node === value.node && source.network === 'host');
      if (dead.length === 0 || dead.length < judged.length || home.length === 0) return [];
      const beside = view.probes.filter(
        ({ source, destination, pathClass, verdict }) =>
          source.node === value.node &&
          destination.node === value.node &&
          pathClass === 'host-pod' &&
          verdict === 'pass',
      );
      const log = logOf(view, value.name);
      const refused = dead.some(({ errorKind }) => errorKind === 'refused');
      return [
        provedIf((beside.length > 0 || refused) && (!endsAgain(value) || log), {
          // One that ends at every start says why in its log; until that was read it may be more than one dead replica.
          at: { replica: value.name, node: value.node },
          evidence: [
            say(
              `${value.name} on ${value.node} (${value.ready ? 'ready' : 'not ready'}, ${value.restarts} ` +
                `restarts) answers none of ${dead.length} questions, not from its own node either`,
              id,
              ...ids(networkFailures(home).concat(home)).slice(0, 6),
            ),
            endsAgain(value) && log && say(`its log ends with: ${lastLineOf(log.value.text)}`, log.id),
            beside.length > 0 && say(`another pod of ${value.node} is reached from there`, ...ids(beside).slice(0, 3)),
          ],
          impact: [{ kind: 'replica', replica: value.name }],
          basis: dead,
        }),
      ];
    });
  },
  remedy: (view, locations) => [
    {
      text:
        `Look at its log, then kubectl delete pod -n ${dnsNamespace(view)} ` +
        `${distinct(locations.flatMap(({ replica }) => replica ?? [])).join(' ')}; give CoreDNS a readiness probe ` +
        '(the plugin ready) so that the Service leaves a dead replica out.',
    },
  ],
  shows: '1/1 and Running for each',
  verify: (_, view) => `kubectl get pods ${dnsPodsAt(view)} -o wide`,
  parts: ({ replica }, view) => `kubectl logs -n ${dnsNamespace(view)} ${replica}`,
};
