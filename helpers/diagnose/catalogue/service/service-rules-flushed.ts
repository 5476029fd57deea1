import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { unheardOf } from '../../evidence/deaf-controllers.ts';
import { rulesOf, sayEndpoints, sayForPods, untranslated, untranslatedForPods } from '../../evidence/services.ts';
import { missingRules, staleRules } from '../../evidence/stale-rules.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { ipv4ClusterIp } from '../../../model/family.ts';
import { provedIf } from '../../match.ts';

function absent(view: View): Match[] {
  return untranslated(view).flatMap((translation): Match[] => {
    const { node, failed } = translation;
    const rules = rulesOf(view, node);
    const missing = view.cluster.services.filter(
      ({ value }) =>
        ipv4ClusterIp(value) !== undefined &&
        value.endpoints.some(({ ready }) => ready) &&
        rules !== undefined &&
        rules.firewall.translating(value.clusterIp).length === 0,
    );
    if (rules && missing.length === 0) return [];
    return [
      provedIf(rules, {
        at: { node },
        evidence: [
          say(
            `from ${node} none of ${failed.length} probes of Services by their address is answered, and ` +
              sayEndpoints(translation),
            ...ids(failed).slice(0, 20),
          ),
          rules &&
            say(`no rule on ${node} names ${missing.map(({ value }) => value.clusterIp).join(', ')}`, ...rules.ids),
        ],
        impact: [
          { kind: 'translation', node },
          { kind: 'probes', ids: unheardOf(view, node) },
        ],
        basis: failed,
      }),
    ];
  });
}

/** kube-proxy's chains for Services: of its mode iptables, and of its mode nftables. */
const SERVICES = [
  { table: 'nat', chain: 'KUBE-SERVICES', hook: 'PREROUTING' },
  { table: 'kube-proxy', chain: 'services', hook: 'nat-prerouting' },
] as const;

/**
 * Nodes that translate what they ask themselves, and have lost the one rule by which their pods' packets come to be
 * translated.
 */
function notLedIn(view: View): Match[] {
  return untranslatedForPods(view).flatMap((translation): Match[] => {
    const { node, failed } = translation;
    const { firewall, rulesets } = view.ssh(node);
    const used = SERVICES.find((own) =>
      firewall?.rules.some(({ table, chain }) => table === own.table && chain === own.chain),
    );
    if (firewall && (!used || firewall.isLedIn(used.chain, 'ip', used.table))) return [];
    return [
      provedIf(firewall, {
        at: { node },
        evidence: [
          sayForPods(translation),
          used && say(`no rule of ${node} leads what comes from pods from ${used.hook} to ${used.chain}`, ...rulesets),
        ],
        impact: [
          { kind: 'translation', node },
          { kind: 'probes', ids: unheardOf(view, node) },
        ],
        basis: failed,
      }),
    ];
  });
}

/** How many rules kube-proxy has, in whichever of its modes. */
const COUNT = '(iptables-save -t nat; nft list table ip kube-proxy) 2>/dev/null | grep -c -e KUBE-SVC- -e " service-"';

/** A node's rules that translate Service addresses are gone, or as they were for endpoints that are no more. */
export const serviceRulesFlushed: CatalogueEntry = {
  code: 'service-rules-flushed',
  title: (locations) => `the node's rules for Services are gone or out of date: ${placeOf(locations)}`,
  layer: 'service',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) => [...absent(view), ...notLedIn(view), ...missingRules(view), ...staleRules(view)],
  remedy: () => [
    {
      text:
        'Restart K3s (or kube-proxy) on the node; recreate pods with a hostPort, whose rules come only with them; ' +
        'keep firewall reloads from flushing foreign chains (firewalld: FlushAllOnReload=no).',
    },
  ],
  shows: 'a number above 0',
  verify: ({ node }) => `ssh ${node} '${COUNT}'`,
  parts: ({ node }) => `ssh ${node} '${COUNT}; curl -s localhost:10256/healthz'`,
};
