import type { IngressPod } from '../../../model/topology.ts';
import { isJudged } from '../../../model/observation.ts';
import type { CatalogueEntry, Match, Request } from '../../entry.ts';
import { lastWords } from '../../evidence/pod-words.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { provedIf } from '../../match.ts';
import type { View } from '../../view/view.ts';
import type { Seen } from '../../view/facts.ts';

const nameOf = ({ namespace, name }: IngressPod): string => `${namespace}/${name}`;

/** The pod that should hold the node's ports and does not run: K3s' ServiceLB before the controller's own. */
function brokenPod(view: View, node: string): Seen<IngressPod> | undefined {
  const broken = view.cluster.ingressPods.filter(({ value }) => value.node === node && !value.ready);
  return broken.find(({ value }) => value.serviceLb !== undefined) ?? broken[0];
}

function stateOf({ waitingReason, restarts, container }: IngressPod): string {
  const state = waitingReason ? `is in ${waitingReason}` : 'is not ready';
  const times = restarts > 0 ? `, after ${restarts} restarts` : '';
  return `${state}${container === undefined ? '' : ` (container ${container})`}${times}`;
}

const logOf = ({ namespace, name, container }: IngressPod): Request[] => [
  { kind: 'pod-log', namespace, pod: name, container, why: 'why it does not run' },
];

/** On a node that should lead to the ingress controller nothing listens on its ports. */
export const ingressControllerDown: CatalogueEntry = {
  code: 'ingress-controller-down',
  title: (locations, view) => {
    const isServiceLb = locations.some(({ node }) => brokenPod(view, node ?? '')?.value.serviceLb !== undefined);
    return isServiceLb
      ? `ServiceLB does not run, so that the ports of the ingress are closed: ${placeOf(locations)}`
      : `the ingress controller does not listen: ${placeOf(locations)}`;
  },
  layer: 'ingress',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => {
    const workers = view.probes.filter(
      ({ suite, role, verdict }) => suite === 'ingress' && role === 'worker' && isJudged({ verdict }),
    );
    return distinct(workers.flatMap(({ destination }) => destination.node ?? [])).flatMap((node): Match[] => {
      const here = workers.filter(({ destination }) => destination.node === node);
      const refused = here.filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === 'refused');
      if (refused.length === 0 || refused.length < here.length) return [];
      const { sockets } = view.host(node);
      const ports = distinct(refused.map(({ destination }) => String(destination.port)));
      const unheard = sockets !== undefined && !sockets.value.tcp.some(({ port }) => ports.includes(String(port)));
      const rest = ids(view.failing.filter(({ suite, role }) => suite === 'ingress' && role !== 'worker'));
      const broken = brokenPod(view, node);
      const words = broken && lastWords(view, broken.value.namespace, broken.value.name);
      return [
        provedIf(unheard || broken?.value.waitingReason !== undefined, {
          at: { node },
          evidence: [
            say(`${node} refuses ${ports.join(' and ')} to all of ${refused.length} requests`, ...ids(refused)),
            broken &&
              say(
                `${nameOf(broken.value)}, which holds them there` +
                  `${broken.value.serviceLb === undefined ? '' : ` for ${broken.value.serviceLb}`}, ` +
                  stateOf(broken.value),
                broken.id,
              ),
            words && say(`the end of its log: ${words.text}`, words.id),
            unheard && say(`nothing listens there on ${node}`, sockets?.id),
          ],
          impact: [{ kind: 'probes', ids: [...ids(refused), ...rest] }],
          basis: refused,
          ...(broken && { requests: logOf(broken.value) }),
        }),
      ];
    });
  },
  // What a pod says of itself is part of the finding, also where that is proved without it.
  asks: (view) =>
    view.cluster.ingressPods.flatMap(({ value }) =>
      !value.ready &&
      view.failing.some(({ suite, destination }) => suite === 'ingress' && destination.node === value.node)
        ? logOf(value)
        : [],
    ),
  remedy: (view, locations) => {
    const pods = locations.flatMap(({ node }) => brokenPod(view, node ?? '') ?? []);
    const words = pods.map(({ value }) => lastWords(view, value.namespace, value.name)?.text ?? '').join('\n');
    if (/Address family not supported/.test(words))
      return [
        {
          text:
            'IPv6 is switched off in the node’s kernel and the controller listens at [::]: configure it for IPv4 ' +
            'alone (for the nginx controllers disable-ipv6), or switch IPv6 on.',
        },
      ];
    if (/can't initialize ip6?tables table|Protocol not supported/.test(words))
      return [
        {
          text:
            'ServiceLB’s pod cannot set its rules: load the module that its log names (ip_tables, iptable_nat or ' +
            'nf_tables) on the node, and let SELinux allow it.',
        },
      ];
    return [
      {
        text:
          'Look at the controller’s pod on the node: its log, its node selector and tolerations, and whether another ' +
          'program holds the port.',
      },
    ];
  },
  shows: 'the ingress controller at 80 and 443',
  verify: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
  parts: ({ node }) => `ssh ${node} ss -ltnp 'sport = :80 or sport = :443'`,
};
