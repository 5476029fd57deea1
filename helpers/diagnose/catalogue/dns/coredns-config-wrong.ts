import type { Evidence } from '../../../model/finding.ts';
import { isJudged, type ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import {
  blocksOf,
  denyingTemplate,
  isInZones,
  keepingHosts,
  kubernetesZones,
  refusals,
} from '../../evidence/corefile.ts';
import { boundToLoopback, unheard } from '../../evidence/loopback.ts';
import { answersWrongly, renamed } from '../../evidence/renamed.ts';
import { askForCorefile, mountFailureOf, refusedConfigIn, replicasOf, serviceOfNone } from '../../evidence/replicas.ts';
import { distinct, ids, placeOf, say } from '../../evidence/support.ts';
import { nodeNotReadyEndpoints } from '../node/node-not-ready-endpoints.ts';
import { failuresOf } from '../../evidence/services.ts';
import { provedIf } from '../../match.ts';
import { qualified } from '../../view/cluster.ts';
import { rcodeOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';

/** Replicas that CoreDNS or the kubelet says cannot start with what they are given. */
const notStarted = (view: View): Match[] =>
  replicasOf(view).flatMap(({ pod: { value, id }, names }): Match[] => {
    const refused = refusedConfigIn(view, value.name);
    const unmounted = mountFailureOf(view, value);
    if (!refused.line && !unmounted.line) return [];
    const { dns } = view.cluster;
    const service = serviceOfNone(view);
    return [
      provedIf(true, {
        at: { replica: value.name, node: value.node },
        evidence: [
          say(`${value.name} is ${value.waitingReason ?? 'not ready'} after ${value.restarts} restarts`, id),
          refused.line && say(`its log says: ${refused.line}`, refused.id),
          unmounted.line && say(`the kubelet says: ${unmounted.line}`, unmounted.id),
        ],
        impact: [{ kind: 'replica', replica: value.name }, ...service],
        basis: [
          ...names.filter(({ verdict }) => verdict === 'fail'),
          ...(dns && service.length > 0 ? failuresOf(view, dns) : []),
        ],
      }),
    ];
  });

/** The domain that the kubelets give to pods, with what says so. */
function givenDomain(view: View): { domain: string; id: string } | undefined {
  return view.nodes.flatMap((node) => {
    const resolver = view.host(node).podResolv;
    const domain = resolver?.value.search.flatMap((entry) => /^svc\.(.+?)\.?$/.exec(entry)?.[1] ?? [])[0];
    return resolver && domain !== undefined ? [{ domain, id: resolver.id }] : [];
  })[0];
}

/** What in the Corefile keeps CoreDNS from names of the cluster; empty where nothing does, or it was not read. */
function faultsOf(view: View): Evidence[] {
  const corefile = view.facts.all('corefile').at(-1);
  const given = givenDomain(view);
  if (!corefile || !given) return [];
  const blocks = blocksOf(corefile.value.files);
  const zones = kubernetesZones(blocks);
  const hosts = keepingHosts(blocks, given.domain);
  const template = denyingTemplate(blocks, `svc.${given.domain}`, ['A', 'ANY']);
  return [
    ...(zones && !isInZones(given.domain, zones)
      ? [
          say(
            `the kubelets give pods the domain ${given.domain}, the Corefile says: kubernetes ${zones.join(' ')}`,
            given.id,
            corefile.id,
          ),
        ]
      : []),
    ...(hosts
      ? [
          say(
            `the Corefile's plugin hosts${hosts.args.map((arg) => ` ${arg}`).join('')} has no fallthrough: it ` +
              'answers NXDOMAIN for every name that it does not hold',
            corefile.id,
          ),
        ]
      : []),
    ...(template
      ? [say(`the Corefile answers for them itself: template ${template.args.join(' ')}`, corefile.id)]
      : []),
  ];
}

/** Names that exist, and that a replica answers not to exist, all of them. */
function denied(view: View): ProbeObservation[] {
  return replicasOf(view).flatMap(({ names }) => {
    const judged = names.filter(isJudged);
    const wrong = judged.filter((probe) => probe.verdict === 'fail' && rcodeOf(probe) !== undefined);
    return wrong.length === judged.length ? wrong : [];
  });
}

/** Replicas that serve, and know no name of the cluster. */
function astray(view: View): Match[] {
  const { dns } = view.cluster;
  const wrong = denied(view);
  if (!dns || wrong.length === 0) return [];
  const faults = faultsOf(view);
  const replicas = distinct(wrong.flatMap(({ crosses: { replica } }) => replica ?? []));
  return [
    provedIf(faults.length > 0, {
      at: { service: qualified(dns) },
      evidence: [
        say(
          `CoreDNS answers ${distinct(wrong.flatMap((probe) => rcodeOf(probe) ?? [])).join(', ')} for names of the ` +
            `cluster that exist (${wrong.length} questions to ${replicas.join(', ')})`,
          ...ids(wrong).slice(0, 12),
        ),
        ...faults,
      ],
      impact: [
        { kind: 'service', service: qualified(dns) },
        ...replicas.map((replica) => ({ kind: 'replica' as const, replica })),
      ],
      basis: wrong,
      requests: askForCorefile(view, 'it says which names CoreDNS answers for'),
    }),
  ];
}

/** Nodes from which CoreDNS refuses to be asked anything, while it answers others. */
function refusedNodes(view: View): Match[] {
  const { dns } = view.cluster;
  const asked = view.probes.filter(
    (probe) => probe.kind === 'dns' && /^(service|replica)-/.test(probe.role) && isJudged(probe),
  );
  const isRefused = (probe: ProbeObservation): boolean => rcodeOf(probe) === 'REFUSED';
  const from = view.nodes.filter((node) => {
    const own = asked.filter(({ source }) => source.node === node);
    return own.length > 1 && own.every(isRefused);
  });
  if (!dns || from.length === 0 || !asked.some(({ verdict }) => verdict === 'pass')) return [];
  const isFrom = ({ source }: ProbeObservation): boolean => from.includes(source.node ?? '');
  const basis = asked.filter((probe) => isRefused(probe) && isFrom(probe));
  const corefile = view.facts.all('corefile').at(-1);
  const lines = corefile ? refusals(blocksOf(corefile.value.files)) : [];
  return [
    provedIf(lines.length > 0, {
      at: { service: qualified(dns) },
      nodes: from,
      evidence: [
        say(
          `CoreDNS answers REFUSED to all that ${from.join(', ')} and its pods ask (${basis.length} questions), and ` +
            'answers others',
          ...ids(basis).slice(0, 12),
        ),
        lines.length > 0 && say(`the Corefile says: ${lines.join('; ')}`, corefile?.id),
      ],
      impact: [
        {
          kind: 'probes',
          ids: ids([...basis, ...view.failing.filter((each) => each.kind === 'resolve' && isFrom(each))]),
        },
      ],
      basis,
      requests: askForCorefile(view, 'it says whom CoreDNS refuses'),
    }),
  ];
}

/** CoreDNS cannot start with its configuration, or is told by it not to answer for the cluster's names. */
export const corednsConfigWrong: CatalogueEntry = {
  code: 'coredns-config-wrong',
  title: (locations) => `CoreDNS is configured wrongly: ${placeOf(locations)}`,
  layer: 'dns',
  dependsOn: [nodeNotReadyEndpoints],
  match: (view) => [
    ...notStarted(view),
    ...astray(view),
    ...refusedNodes(view),
    ...renamed(view),
    ...boundToLoopback(view),
  ],
  asks: (view) =>
    view.cluster.dns && (answersWrongly(view) || unheard(view).length > 0)
      ? askForCorefile(view, 'it says what CoreDNS takes names for, and where it listens')
      : [],
  remedy: () => [
    {
      text:
        'Fix what the line names, in the ConfigMap coredns (K3s: in coredns-custom; edits of coredns vanish when ' +
        'K3s restarts), and restart the deployment. The zone of the plugin kubernetes is the kubelets’ ' +
        '--cluster-domain; hosts needs fallthrough; rewrite must not lead names of Services away, and bind must not ' +
        'be of the loopback alone.',
    },
  ],
  shows: 'that the deployment has rolled out',
  verify: () => 'kubectl rollout status -n kube-system deployment/coredns',
  parts: () => 'kubectl get configmap -n kube-system coredns -o yaml',
};
