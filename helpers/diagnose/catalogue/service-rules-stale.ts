import type { CatalogueEntry, Match } from '../entry.ts';
import { qualified } from '../view/cluster.ts';
import { rulesOf, translations } from './services.ts';
import { distinct, ids, networkFailures, placeOf, say } from './support.ts';

/** A node's rules send a Service's connections to addresses that are no longer its endpoints. */
export const serviceRulesStale: CatalogueEntry = {
  code: 'service-rules-stale',
  title: (locations) => `the node's rules for a Service lead to former endpoints: ${placeOf(locations)}`,
  layer: 'service',
  severity: 'critical',
  dependsOn: ['node-not-ready-endpoints', 'kube-proxy-stopped'],
  needs: ['a Service that fails on one node and not on others', "the node's rules, by SSH"],
  sets: ['iptables-save', 'nft-ruleset'],
  match: (view) =>
    translations(view).flatMap(({ node, probes, endpointsPass }) =>
      view.cluster.services.flatMap((service): Match[] => {
        const name = qualified(service);
        const failed = networkFailures(probes.filter((probe) => view.path(probe).service === name));
        const elsewhere = view.probes.some((probe) => probe.source.node !== node && probe.role === 'service' && probe.verdict === 'pass' && view.path(probe).service === name);
        if (failed.length === 0) return [];
        const rules = rulesOf(view, node);
        const targets = distinct([...(rules?.text ?? '').matchAll(new RegExp(`KUBE-SEP-\\w+ .*${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}[:"\\s].*--to-destination ([\\d.]+):\\d+`, 'g'))].map(([, ip]) => ip as string));
        const known = service.value.endpoints.map(({ ip }) => ip);
        const dead = targets.filter((ip) => !known.includes(ip));
        if (rules && dead.length === 0) return [];
        if (!rules && (!endpointsPass || !elsewhere)) return [];
        return [{
          confidence: dead.length > 0 && known.length > 0 ? 'proved' : 'candidate',
          location: { node, service: name },
          evidence: [
            say(`${name} fails from ${node}${endpointsPass ? ', and each of its endpoints answers there by its own address' : ''}`, ...ids(failed)),
            ...(dead.length > 0 ? [say(`${node} still translates it to ${dead.join(', ')}; its endpoints are ${known.join(', ')}`, ...(rules?.ids ?? []), service.id)] : []),
          ],
          impact: [{ kind: 'translation', node, service: name }],
          basis: ids(failed),
        }];
      }),
    ),
  remedy: { k3s: 'Restart K3s (or kube-proxy) on the node and find out why it stopped to follow (its log; a second iptables backend with old copies).' },
  verify: ({ node }) => `ssh ${node} 'iptables-save -t nat | grep KUBE-SEP'`,
  parts: ({ node }) => `ssh ${node} 'iptables-save -t nat | grep KUBE-SEP' # against kubectl get endpointslices`,
};
