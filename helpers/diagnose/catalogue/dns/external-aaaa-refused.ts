import type { ProbeObservation } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { denyingTemplate, blocksOf } from '../../evidence/corefile.ts';
import { askForCorefile } from '../../evidence/replicas.ts';
import { distinct, ids, networkFailures, say, verifyRun } from '../../evidence/support.ts';
import { provedIf } from '../../match.ts';
import { nameAskedOf, rcodeOf } from '../../view/answers.ts';
import { qualified } from '../../view/cluster.ts';
import type { View } from '../../view/view.ts';

const NOTHING = 'nothing';

/** How AAAA is answered. */
const answerOf = (probe: ProbeObservation): string => rcodeOf(probe) ?? NOTHING;

/**
 * What the nodes' own resolvers say of AAAA, asked by the nodes, where they have A and do not answer AAAA. A has to
 * come by the same transport: where UDP is filtered, AAAA is as little refused as A.
 */
function refusingResolvers(view: View): ProbeObservation[] {
  const wayOf = ({ source, destination, asked }: ProbeObservation) =>
    `${source.node} ${destination.ip} ${asked.protocol}`;
  const haveA = new Set(
    view.probes
      .filter(
        ({ role, source, verdict }) =>
          role === 'upstream-external-name' && source.network === 'host' && verdict === 'pass',
      )
      .map(wayOf),
  );
  return view.probes.filter(
    (probe) => probe.role === 'upstream-external-aaaa' && probe.verdict === 'evidence' && haveA.has(wayOf(probe)),
  );
}

/** Who answers so, as far as it was seen. */
function refuserOf(view: View): string {
  const resolvers = distinct(refusingResolvers(view).flatMap(({ destination }) => destination.ip ?? []));
  return resolvers.length > 0 ? resolvers.join(', ') : 'CoreDNS';
}

/** They ask for AAAA too. */
const OF_AAAA = new Set(['service-external-aaaa', 'resolver-external-name']);

/** Whether other questions from these nodes come to nothing as well: then AAAA is one of those that get lost. */
const losesOthers = (view: View, nodes: ReadonlySet<string | undefined>): boolean =>
  networkFailures(view.failing).some(
    ({ kind, role, source }) => (kind === 'dns' || kind === 'resolve') && !OF_AAAA.has(role) && nodes.has(source.node),
  );

const failedOf = (view: View): ProbeObservation[] =>
  view.failing.filter(({ role }) => role === 'service-external-aaaa');

/** A name outside of the cluster has A, and AAAA is not answered as of a name that is there. */
export const externalAaaaRefused: CatalogueEntry = {
  code: 'external-aaaa-refused',
  title: (_, view) => {
    const failed = failedOf(view);
    const names = distinct(failed.flatMap((probe) => nameAskedOf(probe) ?? [])).join(', ');
    const answers = distinct(failed.map(answerOf)).join(', ');
    return `AAAA of ${names} is answered ${answers} by ${refuserOf(view)}, and A is there`;
  },
  layer: 'dns',
  dependsOn: [],
  match: (view) => {
    const failed = failedOf(view);
    const { dns } = view.cluster;
    if (failed.length === 0 || !dns) return [];
    const answers = distinct(failed.map(answerOf));
    const upstream = refusingResolvers(view);
    const same = upstream.filter((probe) => answers.includes(answerOf(probe)));
    const corefile = view.facts.all('corefile').at(-1);
    const template =
      corefile &&
      denyingTemplate(blocksOf(corefile.value.files), nameAskedOf(failed[0] as ProbeObservation) ?? '', ['AAAA']);
    const nodes = new Set(failed.map(({ source }) => source.node));
    if (answers.includes(NOTHING) && losesOthers(view, nodes)) return [];
    const lookups = view.failing.filter(
      ({ role, source }) => role === 'resolver-external-name' && nodes.has(source.node),
    );
    const match: Match = provedIf(same.length > 0 || template, {
      at: { service: qualified(dns) },
      evidence: [
        say(
          `the DNS Service answers ${answers.join(', ')} for AAAA of ${nameAskedOf(failed[0] as ProbeObservation)} ` +
            `(asked from ${nodes.size} nodes), and has its A`,
          ...ids(failed).slice(0, 12),
        ),
        upstream.length > 0 &&
          say(
            `${distinct(upstream.flatMap(({ destination }) => destination.ip ?? [])).join(', ')}, asked by the nodes ` +
              `themselves: ${distinct(upstream.map(answerOf)).join(', ')}`,
            ...ids(upstream).slice(0, 12),
          ),
        template && say(`the Corefile says: template ${template.args.join(' ')}`, corefile?.id),
        lookups.length > 0 &&
          say(`looked up by the pods' own resolver: ${lookups[0]?.reason}`, ...ids(lookups).slice(0, 12)),
      ],
      impact: [{ kind: 'probes', ids: ids([...failed, ...lookups]) }],
      basis: [...failed, ...lookups],
      requests: same.length > 0 ? [] : askForCorefile(view, 'it says whether CoreDNS itself answers AAAA so'),
    });
    return [match];
  },
  remedy: (view) => {
    const resolvers = distinct(refusingResolvers(view).flatMap(({ destination }) => destination.ip ?? []));
    return [
      {
        text:
          (resolvers.length > 0
            ? `Fix ${resolvers.join(', ')}, or forward to another resolver`
            : 'Fix the Corefile, or what it forwards to') +
          ': a name that has A and no AAAA is answered NOERROR without data. Until then a plugin before forward ' +
          'helps: `template IN AAAA { rcode NOERROR }`.',
      },
    ];
  },
  verify: () => verifyRun('coredns', 'AAAA is answered where A is'),
  parts: () => 'kubectl get configmap -n kube-system coredns -o yaml # then ask each forwarder for AAAA by itself',
};
