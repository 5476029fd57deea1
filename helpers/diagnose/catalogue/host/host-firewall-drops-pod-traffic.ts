import type { CatalogueEntry, Match } from '../../entry.ts';
import {
  forwardDrops,
  forwardingFailures,
  forwardMatch,
  inputDrop,
  silentForwarders,
} from '../../evidence/forwarding.ts';
import { dropWords, namesDestination, takesAllOfAProtocol } from '../../firewall/drops.ts';
import type { View } from '../../view/view.ts';
import { unheardOf } from '../../evidence/deaf-controllers.ts';
import { deniesPods } from '../../evidence/denied-ports.ts';
import { sayForPods, untranslatedForPods } from '../../evidence/services.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { forwardPolicyDrop } from './forward-policy-drop.ts';
import { provedIf } from '../../match.ts';

/** Nodes whose firewall stops what they should pass on to their pods. */
const notForwarded = (view: View): Match[] =>
  silentForwarders(view).flatMap(({ node, text, basis }): Match[] => {
    const drops = forwardDrops(view, node);
    if (drops === undefined) return [forwardMatch(view, node, 'candidate', text, basis, [])];
    if (drops.some(({ policy, hook }) => policy && hook === 'forward')) return [];
    const rule = drops.find(
      (drop) => !drop.policy && takesAllOfAProtocol(drop) && (drop.packets === undefined || drop.packets > 0),
    );
    if (!rule) return [];
    // A rule without a counter may never have matched: then it is only the likely one.
    return [
      forwardMatch(
        view,
        node,
        rule.packets === undefined ? 'candidate' : 'proved',
        `${node} has ${dropWords(rule)}; ${text}`,
        [...new Set([...basis, ...forwardingFailures(view, node)])],
        view.ssh(node).rulesets,
      ),
    ];
  });

/** Nodes whose firewall lets nodes in and no pods. */
const notLetIn = (view: View): Match[] =>
  deniesPods(view).flatMap(({ node, failed, passed }): Match[] => {
    const { firewall, rulesets } = view.ssh(node);
    const rule = inputDrop(view, node);
    if (firewall && !rule) return [];
    const echoes = view.failing.filter(
      ({ role, destination, source }) => role === 'tunnel-echo' && (destination.node === node || source.node === node),
    );
    return [
      provedIf(rule, {
        at: { node },
        evidence: [
          say(
            `${node} answers other nodes at its own address and none of ${failed.length} probes of its own pods, ` +
              `which it reaches (${passed} pass)`,
            ...ids(failed).slice(0, 20),
          ),
          rule && say(`${node} has ${dropWords(rule)}`, ...rulesets),
        ],
        impact: [
          {
            kind: 'probes',
            ids: [
              ...ids(failed),
              ...ids(
                view.failing.filter(
                  ({ pathClass, destination }) => pathClass === 'pod-host' && destination.node === node,
                ),
              ),
              ...ids(echoes),
            ],
          },
        ],
        basis: failed,
      }),
    ];
  });

const BEFORE_TRANSLATION = new Set(['ingress', 'prerouting']);

/** Nodes whose firewall takes what pods send to Services, before it is translated. */
const notLetToServices = (view: View): Match[] =>
  untranslatedForPods(view).flatMap((translation): Match[] => {
    const { node, failed } = translation;
    const { firewall, rulesets } = view.ssh(node);
    const asked = failed.flatMap(({ destination }) => destination.ip ?? []);
    const rule = firewall?.drops.find(
      (drop) =>
        BEFORE_TRANSLATION.has(drop.hook) &&
        takesAllOfAProtocol(drop) &&
        asked.every((ip) => namesDestination(drop, ip)) &&
        drop.packets !== 0,
    );
    if (firewall && !rule) return [];
    return [
      provedIf(rule?.packets !== undefined, {
        at: { node },
        evidence: [sayForPods(translation), rule && say(`${node} has ${dropWords(rule)}`, ...rulesets)],
        impact: [
          { kind: 'translation', node },
          { kind: 'probes', ids: unheardOf(view, node) },
        ],
        basis: failed,
      }),
    ];
  });

/**
 * A firewall's rule on a node drops what it should pass on for pods, what pods send to Services, or what pods send to
 * the node itself.
 */
export const hostFirewallDropsPodTraffic: CatalogueEntry = {
  code: 'host-firewall-drops-pod-traffic',
  title: (locations) => `a firewall on the node drops pod traffic: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  // A policy of FORWARD is the narrower name of the same drops.
  yieldsTo: [forwardPolicyDrop],
  sets: ['nft-ruleset', 'iptables-save'],
  match: (view) => [...notForwarded(view), ...notLetIn(view), ...notLetToServices(view)],
  remedy: () => [
    {
      text:
        'Turn ufw or firewalld off on cluster nodes, or let them pass the pod and Service ranges (ufw route allow; ' +
        'firewalld: the ranges in the zone trusted).',
    },
  ],
  shows: 'no chain that drops the pod range',
  verify: ({ node }) => `ssh ${node} nft list ruleset`,
  parts: ({ node }) => `ssh ${node} 'nft list ruleset; iptables-save -c'`,
};
