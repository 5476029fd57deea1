import type { RoutingRule } from '../../../model/routing.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import type { View } from '../../view/view.ts';
import { overlap } from '../../evidence/ranges.ts';
import { ids, localPodFailures, networkFailures, overlayFailuresAt, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { candidate, provedIf } from '../../match.ts';

const KERNELS = new Set(['local', 'main', 'default', '253', '254', '255']);

const REFUSES = new Set(['prohibit', 'unreachable', 'blackhole']);

/** Whether a side of a rule takes addresses of pods, alone or among all. */
const takesPods = (view: View, range: string | undefined): boolean =>
  range === undefined ||
  [...view.cluster.nodes.values()].some(({ value }) => value.podCidrs.some((each) => overlap(range, each)));

/** What narrows a rule beside addresses. Rules for marked packets are how network plugins route. */
const NARROWINGS = [
  'mark',
  'not',
  'inputDevice',
  'outputDevice',
  'protocol',
  'sourcePorts',
  'destinationPorts',
  'users',
  'unknown',
] as const satisfies (keyof RoutingRule)[];

/** Rules that take packets by their addresses alone. */
const byAddress = (rule: RoutingRule): boolean =>
  rule.family === 'ipv4' && NARROWINGS.every((key) => rule[key] === undefined);

/**
 * Whether a table may lead what is for pods, as far as it was read. One that holds none of their addresses, as a VPN's
 * with the addresses of its own peers alone (Tailscale's 52), lets packets go on to the next rule.
 */
const leadsPods = (view: View, node: string, table: string): boolean => {
  const { routes } = view.ssh(node);
  if (!routes) return true;
  return routes.value.some(
    (route) => route.table === table && route.family === 'ipv4' && takesPods(view, route.destination),
  );
};

/** A rule in the words of ip-rule(8). */
const ruleWords = ({ priority, source, destination, action, table }: RoutingRule): string =>
  [
    `${priority}: from ${source ?? 'all'}`,
    ...(destination === undefined ? [] : [`to ${destination}`]),
    action === 'lookup' ? `lookup ${table}` : action,
  ].join(' ');

/** A rule of policy routing sends a node's traffic to a table that knows no pods, or refuses what is for pods. */
export const policyRoutingTableHijack: CatalogueEntry = {
  code: 'policy-routing-table-hijack',
  title: (locations) => `policy routing leads pod traffic astray: ${placeOf(locations)}`,
  layer: 'host',
  reads: 'ipv4',
  dependsOn: [nodeNotReadyEndpoints],
  sets: ['ip-rule'],
  match: (view) =>
    view.nodes.flatMap((node): Match[] => {
      const { rules } = view.ssh(node);
      const plain = rules?.value.filter(byAddress) ?? [];
      const foreign = plain.filter(
        ({ table }) => table !== undefined && !KERNELS.has(table) && leadsPods(view, node, table),
      );
      const local = localPodFailures(view, node);
      const failed = [...local, ...networkFailures(overlayFailuresAt(view, node).failed)];
      const home = local.filter(({ pathClass }) => pathClass === 'host-pod');
      const passing = view.probes.filter(({ verdict }) => verdict === 'pass');
      const bridged = passing.some(({ role, source }) => role === 'same-node-pod' && source.node === node);
      const reached = passing.some(
        ({ pathClass, source, destination }) =>
          pathClass === 'pod-pod' && source.node !== node && destination.node === node,
      );
      // The node does not reach its own pods, which are well: its routing is worth a look.
      if (!rules && home.length > 1 && (bridged || reached))
        return [
          candidate({
            at: { node },
            evidence: [
              say(
                `${node} does not reach its own pods, which ` +
                  (bridged ? 'reach each other' : 'pods of other nodes reach'),
                ...ids(home),
              ),
            ],
            impact: [
              { kind: 'pods', node },
              { kind: 'overlay-node', node },
            ],
            basis: failed,
          }),
        ];
      if (!rules || failed.length === 0) return [];
      const refusal = plain.find(
        ({ action, source, destination }) =>
          REFUSES.has(action) && takesPods(view, source) && takesPods(view, destination),
      );
      if (foreign.length === 0 && !refusal) return [];
      const own = view.cluster.nodes.get(node)?.value.internalIp;
      const hijack = foreign.find(
        ({ source, destination }) => (source === undefined || source === `${own}/32`) && destination === undefined,
      );
      const rule = refusal ?? hijack ?? foreign[0];
      return [
        provedIf(refusal || (hijack && local.length > 0), {
          at: { node },
          evidence: [
            say(
              `${node} has the rule "${rule ? ruleWords(rule) : ''}", which no network plugin of the cluster owns`,
              rules.id,
            ),
            say(`${node} does not reach its own pods or they do not reach others`, ...ids(failed).slice(0, 10)),
          ],
          impact: [
            { kind: 'pods', node },
            { kind: 'overlay-node', node },
          ],
          basis: failed,
        }),
      ];
    }),
  remedy: () => [
    {
      text:
        'Disable what wrote the rule (nm-cloud-setup.service and its timer on RHEL clouds), delete the rule, ' +
        'reboot.',
    },
  ],
  shows: 'no rule but local, main and default, and those that you know',
  verify: ({ node }) => `ssh ${node} ip rule`,
  parts: ({ node }) => `ssh ${node} ip rule`,
};
