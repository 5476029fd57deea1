import type { Location } from '../../../model/finding.ts';
import type { ProbeOf } from '../../../model/observation.ts';
import type { CatalogueEntry, Match } from '../../entry.ts';
import { distinct, ids, say, verifyRun } from '../../evidence/support.ts';
import { proved } from '../../match.ts';
import { rcodeOf } from '../../view/answers.ts';
import type { View } from '../../view/view.ts';

/** A search domain of a node's pods that does not say of a name that nobody has that it is not there. */
interface Wrong {
  node: string;
  domain: string;
  probe: ProbeOf<'dns'>;
  /** What it gave for the name. */
  addresses: string[];
  /** What the same server gives for the name without the domain. */
  absent?: ProbeOf<'dns'>;
}

const addressesOf = (probe: ProbeOf<'dns'> | undefined): string[] =>
  (probe?.got.answers ?? []).filter((answer) => typeof answer === 'string');

function wrongDomains(view: View): Wrong[] {
  const asked = view.probes.filter((probe): probe is ProbeOf<'dns'> => probe.kind === 'dns');
  return asked
    .filter(({ role, verdict }) => role === 'search-domain' && verdict === 'fail')
    .flatMap((probe): Wrong[] => {
      const { node } = probe.source;
      const absent = asked.find(({ role, source }) => role === 'absent-name' && source.node === node);
      const [, domain] = /\.invalid\.(.+)$/.exec(probe.asked.name) ?? [];
      return node === undefined || domain === undefined
        ? []
        : [{ node, domain, probe, addresses: addressesOf(probe), absent }];
    });
}

const at = (view: View, locations: Location[]): Wrong[] =>
  wrongDomains(view).filter(({ node }) => locations.some((location) => location.node === node));

/** The answer for any name, in two words. */
const answerOf = ({ addresses, probe }: Wrong): string =>
  addresses.length > 0 ? `with ${addresses.join(', ')}` : `with ${rcodeOf(probe) ?? 'silence'}`;

function matchOf(view: View, wrong: Wrong): Match {
  const { node, domain, probe, addresses, absent } = wrong;
  const resolver = view.host(node).podResolv;
  const lookups = view.failing.filter(({ role, source }) => role === 'resolver-external-name' && source.node === node);
  const everything = addressesOf(absent);
  return proved({
    at: { node },
    evidence: [
      say(`${probe.asked.name}, which nobody has, is answered ${answerOf(wrong)}`, probe.id),
      resolver &&
        say(
          `pods of ${node} are given the search domain ${domain} (options ${resolver.value.options.join(' ')}): what ` +
            'they look up is asked under it first',
          resolver.id,
        ),
      ...lookups.map((lookup) =>
        say(`${lookup.kind === 'resolve' ? lookup.asked.name : ''}, as applications ask: ${lookup.reason}`, lookup.id),
      ),
      addresses.length === 0 &&
        say('musl (Alpine) ends a look-up at such an answer; glibc goes on to the next name', probe.id),
      everything.length > 0 &&
        say(`the resolver has ${everything.join(', ')} for a name without the domain as well`, absent?.id),
    ],
    impact: [{ kind: 'probes', ids: ids([probe, ...lookups]) }],
    basis: [probe, ...lookups],
  });
}

/** Pods are given a search domain that has an answer, or a refusal, for every name: names outside go astray. */
export const searchDomainAnswersEverything: CatalogueEntry = {
  code: 'search-domain-answers-everything',
  title: (locations, view) => {
    const wrong = at(view, locations);
    const domains = distinct(wrong.map(({ domain }) => domain));
    const nodes = distinct(wrong.map(({ node }) => node));
    return (
      `the search domain ${domains.join(', ')} answers any name ${distinct(wrong.map(answerOf)).join(', ')}: ` +
      `pods of ${nodes.length > 3 ? `${nodes.length} nodes` : nodes.join(', ')}`
    );
  },
  layer: 'dns',
  dependsOn: [],
  match: (view) => wrongDomains(view).map((wrong) => matchOf(view, wrong)),
  remedy: (view, locations) => {
    const wrong = at(view, locations);
    const domains = distinct(wrong.map(({ domain }) => domain)).join(', ');
    const nodes = distinct(wrong.map(({ node }) => node)).join(', ');
    const record = wrong.some(({ addresses }) => addresses.length > 0)
      ? `Remove the wildcard record of ${domains}`
      : `Fix the server of ${domains}, so that it says which names it does not have`;
    return [
      {
        text:
          `${record}, or take the domain out of the search line that ${nodes} get (DHCP, netplan, Domains= of ` +
          'systemd-resolved), or give the kubelet a file without it (resolvConf; K3s: --resolv-conf). Then make the ' +
          'pods anew. One workload is helped by a final dot, or by dnsConfig with ndots 1.',
      },
    ];
  },
  verify: () => verifyRun('coredns', 'a name outside is the same with a final dot'),
  parts: ({ node }) => `ssh ${node} cat /etc/resolv.conf`,
};
