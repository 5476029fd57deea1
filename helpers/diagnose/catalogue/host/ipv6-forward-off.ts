import type { CatalogueEntry, Match } from '../../entry.ts';
import { gatewaysOver, ipv6FailuresAt, ipv6Of, meshBetween } from '../../evidence/ipv6.ts';
import { ids, placeOf, say } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import type { View } from '../../view/view.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';

const FORWARDING = 'net.ipv6.conf.all.forwarding';

/** Nodes that did not forward IPv6 until the run made its pods. */
const offBefore = (view: View): Match[] =>
  view.nodes.flatMap((node): Match[] => {
    const before = view.facts.one('ssh/ipv6-forwarding-before', node);
    const now = view.host(node).sysctls;
    if (before?.value !== false || !now || Number(now.value[FORWARDING] ?? 0) === 0) return [];
    return [
      proved({
        at: { node },
        evidence: [
          say(
            `${FORWARDING} was 0 on ${node} when the run began; the network plugin has switched it on with the ` +
              `probe's pod, as it does with every new pod`,
            before.id,
            now.id,
          ),
        ],
        impact: [],
        basis: [],
      }),
    ];
  });

/** A node does not forward IPv6: its pods lose all of it that leaves the node, and IPv4 is as before. */
export const ipv6ForwardOff: CatalogueEntry = {
  code: 'ipv6-forward-off',
  title: (locations) => `the node does not forward IPv6: ${placeOf(locations)}`,
  layer: 'host',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => [
    ...offBefore(view),
    ...view.nodes.flatMap((node): Match[] => {
      const { sysctls } = view.host(node);
      const ipv6 = ipv6Of(view);
      if (!ipv6 || sysctls?.value[FORWARDING] !== 0) return [];
      const others = view.nodes.filter((other) => other !== node);
      if (others.some((other) => meshBetween(ipv6, node, other) === 'pass')) return [];
      const failed = ipv6FailuresAt(view, node);
      if (failed.length === 0) return [];
      return [
        proved({
          at: { node },
          evidence: [
            say(`${FORWARDING} is 0 on ${node}`, sysctls.id),
            say(`IPv6 of its pods fails`, ...ids(failed).slice(0, 10)),
          ],
          impact: [{ kind: 'probes', ids: ids([...failed, ...gatewaysOver(view)]) }],
          basis: failed,
        }),
      ];
    }),
  ],
  remedy: () => [
    {
      text:
        `sysctl -w ${FORWARDING}=1, keep it in /etc/sysctl.d, and find what resets it (a network restart, a ` +
        'hardening script). Where the node has its own address by router advertisements, ' +
        'net.ipv6.conf.<card>.accept_ra has to be 2 then.',
    },
  ],
  shows: `${FORWARDING} = 1`,
  verify: ({ node }) => `ssh ${node} sysctl ${FORWARDING}`,
  parts: ({ node }) => `ssh ${node} sysctl -a --pattern 'ipv6.*forwarding'`,
};
