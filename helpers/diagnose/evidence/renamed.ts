import { clusterIpOf } from '../../model/family.ts';
import { isJudged, type ProbeObservation } from '../../model/observation.ts';
import type { Match } from '../entry.ts';
import { provedIf } from '../match.ts';
import { nameAskedOf } from '../view/answers.ts';
import { qualified, type SeenService } from '../view/cluster.ts';
import type { View } from '../view/view.ts';
import { blocksOf } from './corefile.ts';
import { isWrong } from './replicas.ts';
import { rewritten, type Rewritten } from './rewrites.ts';
import { count, distinct, ids, listed, say } from './support.ts';

const ROLES = new Set(['service-name', 'service-srv', 'replica-name', 'replica-srv']);

/** Questions for names of Services, by the whole name; a short one is what the cluster's domain makes of it. */
function asked(view: View): Map<string, ProbeObservation[]> {
  const whole = view.probes.filter(({ kind, role }) => kind === 'dns' && ROLES.has(role));
  const domain = whole.flatMap((probe) => /\.svc\.(.+?)\.?$/.exec(nameAskedOf(probe) ?? '')?.[1] ?? [])[0];
  const short = view.probes.filter(({ role }) => role === 'resolver-short-name');
  return Map.groupBy([...whole, ...(domain === undefined ? [] : short)].filter(isJudged), (probe) => {
    const name = (nameAskedOf(probe) ?? '').replace(/\.$/, '');
    return probe.kind === 'resolve' ? `${name}.svc.${domain}` : name;
  });
}

/** What a pod's resolver makes of such an answer, which has no code of its own. */
const isUnresolved = ({ kind, verdict }: ProbeObservation): boolean => kind === 'resolve' && verdict === 'fail';

/** The Service that a name is of, as far as the name says so, whatever the domain. */
function serviceOf(view: View, name: string): SeenService | undefined {
  const [, service, namespace] = /^(?:_[^.]+\.)*([^.]+)\.([^.]+)\.svc\./.exec(name) ?? [];
  return service === undefined ? undefined : view.cluster.service(`${namespace}/${service}`);
}

const answersOf = (probe: ProbeObservation): unknown[] =>
  (probe.kind === 'dns' ? probe.got.answers : probe.kind === 'resolve' ? probe.got.addresses : undefined) ?? [];

/**
 * Whether that a name is taken for another accounts for an answer: there is no Service of the other name, or it is
 * another's, whose address is what was answered. The same Service under another domain is an alias, and no fault.
 */
function accountsFor(view: View, probe: ProbeObservation, name: string, { to }: Rewritten): boolean {
  const [own, other] = [serviceOf(view, name), serviceOf(view, to)];
  if (!other) return true;
  if (own && qualified(own) === qualified(other)) return false;
  const ip = clusterIpOf(other.value);
  const answers = answersOf(probe);
  // A resolver passes over an answer that is not of the name that it asked for.
  if (probe.kind === 'resolve' && answers.length === 0) return true;
  return ip !== undefined && answers.length > 0 && answers.every((answer) => answer === ip);
}

/** A name that CoreDNS answers wrongly, and whether it does so each time that it answers. */
interface Misnamed {
  name: string;
  probes: ProbeObservation[];
  always: boolean;
}

const hasPassed = ({ verdict }: ProbeObservation): boolean => verdict === 'pass';

/** The names of Services that CoreDNS answers wrongly, and how many others it answers rightly. */
function misnamed(view: View): { wrong: Misnamed[]; passed: number } {
  const all = [...asked(view)];
  const wrong = all.flatMap(([name, probes]): Misnamed[] => {
    const failed = probes.filter((probe) => isWrong(probe) || isUnresolved(probe));
    return failed.some(isWrong) ? [{ name, probes: failed, always: !probes.some(hasPassed) }] : [];
  });
  return { wrong, passed: all.filter(([, probes]) => probes.every(hasPassed)).length };
}

/** Whether CoreDNS answers wrongly for names of Services. */
export const answersWrongly = (view: View): boolean => misnamed(view).wrong.length > 0;

/** Names of Services that fail since the Corefile takes them for others. */
export function renamed(view: View): Match[] {
  const { dns } = view.cluster;
  const corefile = view.facts.all('corefile').at(-1);
  if (!dns || !corefile) return [];
  const blocks = blocksOf(corefile.value.files);
  const { wrong, passed } = misnamed(view);
  const away = wrong.flatMap(({ name, probes, always }) => {
    const taken = rewritten(blocks, name);
    return taken && probes.every((probe) => accountsFor(view, probe, name, taken))
      ? [{ name, probes, always, taken }]
      : [];
  });
  if (away.length === 0) return [];
  const basis = away.flatMap(({ probes }) => probes);
  const others = wrong.length - away.length;
  const lines = distinct(away.flatMap(({ taken }) => taken.lines));
  return [
    // Where others fail as well and none passes, what they have in common may be the cause of these, too. One that is
    // answered rightly now and then is so by a replica that has read another Corefile.
    provedIf(away.every(({ always }) => always) && (others === 0 || passed > 0), {
      at: { service: qualified(dns) },
      evidence: [
        say(
          `${listed(distinct(away.map(({ name }) => name)))} ${away.length === 1 ? 'is' : 'are'} answered wrongly ` +
            `(${basis.length} questions)${passed > 0 ? `, and ${count(passed, 'other name')} rightly` : ''}`,
          ...ids(basis).slice(0, 12),
        ),
        say(
          `the Corefile says: ${lines.join('; ')}, which takes ${away[0]?.name} for ${away[0]?.taken.to}`,
          corefile.id,
        ),
      ],
      impact: [{ kind: 'probes', ids: ids(basis) }],
      basis,
    }),
  ];
}
